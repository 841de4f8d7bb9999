"""Work that is done beside the gateway, in processes of their own: reading files, judging, writing reports.

desk (here, asks) ─ process (there, answers) ─ judging (with Great Expectations) · the jobs of gateways.http.upload

A file that is hostile takes a desk down and never the gateway; what computes for seconds holds up no request; and Great
Expectations is loaded only where somebody asks for its verdict.
"""
