"""What decoding refuses: framing and Avro. Decided by ``schemas.decode``; here their words and examples."""
