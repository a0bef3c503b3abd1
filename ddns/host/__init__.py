"""Effects: signals, clocks, threads, one round and the loop around it."""
