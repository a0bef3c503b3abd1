"""``ddns doctor``: what could be wrong outside the configuration, each finding with its remedy. Changes nothing."""
