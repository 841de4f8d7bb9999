"""The embedded broker and warehouse: real Apache Kafka and real PostgreSQL as supervised children of one command."""
