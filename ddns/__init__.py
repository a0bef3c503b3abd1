"""Dormouse: a Cloudflare dynamic-DNS client that sleeps in 20 kB."""

__version__ = "0.1.0"
