"""From argv, environment and files to Settings; nothing past this package knows where a value came from."""
