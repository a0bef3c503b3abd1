"""Monitors and notification services; one failure stops nobody."""
