"""Where addresses come from; every source ends in known, known-empty or unknown."""
