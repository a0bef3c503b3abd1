"""Expressions: over domains, over addresses, and over comments."""
