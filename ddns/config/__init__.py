"""From argv, environment and files to Settings; nothing past this package knows where a value came from."""

from ddns.config.inputs.inputs import Inputs, refuse
from ddns.config.load import Loaded, Origin, load, reporting_of

__all__ = ["Inputs", "Loaded", "Origin", "load", "refuse", "reporting_of"]
