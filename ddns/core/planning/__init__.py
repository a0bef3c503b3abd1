"""From detected addresses and what Cloudflare has to the plan. Pure."""
