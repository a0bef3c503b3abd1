"""The steps that make one static file of the program; see build/README.md for the order."""
