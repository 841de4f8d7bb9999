"""Rules on files, decided by gateways.files before a row becomes a record."""
