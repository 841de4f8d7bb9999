"""A seeded synthetic province and its answer key, real input, and a sender: for demo, tests, benchmarks, vendors."""
