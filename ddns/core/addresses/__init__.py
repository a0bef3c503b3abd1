"""Addresses: families, what a source may answer, ranges, and host parts."""
