"""One round, from the settings to the report: each stage is called once, and values only move forward."""
