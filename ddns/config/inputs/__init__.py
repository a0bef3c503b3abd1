"""Where texts come from: command line, environment and files, laid over each other."""
