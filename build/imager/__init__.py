"""Builds the image and tries it: see ``build/images.py``."""
