"""Single texts: taken apart, read, and written back."""
