"""Entries: names, lists and other places, as users list them."""
