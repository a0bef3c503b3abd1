"""When rounds are due."""
