"""Settings for people: help, check, migrate."""
