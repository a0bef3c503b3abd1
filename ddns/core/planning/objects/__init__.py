"""Kinds of place that Cloudflare reads and writes as one JSON object: one file each, and one planner for all."""
