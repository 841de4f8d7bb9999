"""The HTTP way in: events, the registry of schemas, and what became of what one sent.

app (all routes) ─ registry · registry_routes     Confluent's read API over the contracts
                 ├ intake ─ identity → limits → body → events → producing → recording     POST /v1/events/{kind}
                 │ direct                          the same, past the framework's layers
                 ├ verdicts · desk                ?validate=only
                 ├ upload                         files, their reports, templates
                 ├ reads ─ cursor                 receipts, quarantine, submissions of one's own
                 ├ pages · openapi · probes       documentation, /live /ready /metrics
                 ├ problem · errors · answer · access      how it answers, and what it writes into the log
                 ├ certificate                    a renewed one
                 └ connection                    heads of requests that do not come
"""
