"""Indicators beside the line to their target."""
