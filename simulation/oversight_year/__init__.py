"""A seeded year of oversight: what is planted in a synthetic province, with an answer key, and a comparison with it."""
