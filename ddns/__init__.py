"""Dormouse: a Cloudflare dynamic-DNS client that sleeps in a tenth of a megabyte."""

__version__ = "0.1.0"
