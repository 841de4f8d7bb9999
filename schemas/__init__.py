"""Contracts: Avro schemas by kind and version, code lists, topics, the wire format and how it is read and written."""
