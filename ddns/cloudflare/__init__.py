"""The Cloudflare v4 API: envelopes, errors, zones, records and lists."""
