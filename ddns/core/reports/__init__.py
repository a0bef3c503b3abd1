"""What happened in a round, and what of it is news."""
