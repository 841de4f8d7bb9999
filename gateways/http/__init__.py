"""The HTTP way in: events, the registry of schemas, and what became of what one sent.

app (all routes) ─ registry · registry_routes     Confluent's read API over the contracts
                 ├ intake ─ identity → limits → body → events → producing → recording     POST /v1/events/{kind}
                 ├ verdicts                       ?validate=only
                 ├ reads ─ cursor                 receipts, quarantine, submissions of one's own
                 ├ pages · openapi · probes       documentation, /live /ready /metrics
                 ├ problem · answer · access      how it answers, and what it writes into the log
                 └ connection                    heads of requests that do not come
"""
