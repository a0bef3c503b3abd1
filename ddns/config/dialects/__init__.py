"""The languages of the tools we replace, each translated into native settings at the door."""
