"""Files by HTTP: uploaded, judged, sent, and answered row by row.

route ─ options → room · receiving (onto the disk) → reading (at a desk) → sending (to Kafka)    POST /v1/files/{kind}
      ├ checking (at a desk)                                                                     ?validate=only
      ├ reporting (at a desk)                                      GET /v1/files/{submission}/report
      └ templates                                                  GET /v1/templates/{kind}
"""
