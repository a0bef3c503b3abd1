"""The program uses urllib3's connections, not its pools: they are imported from their modules."""

from ._version import __version__
