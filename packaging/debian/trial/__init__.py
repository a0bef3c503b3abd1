"""Installs, starts, upgrades and removes what was made, each in a root of its own. See script/test-packages."""
