"""What must hold for a frozen file; see build/README.md."""
