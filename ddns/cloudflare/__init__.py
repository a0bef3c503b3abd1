"""The adapter to Cloudflare's API: zones, records, rules lists."""
