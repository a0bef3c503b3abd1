"""Pure values and functions: no clock, environment, socket, print or logging."""
