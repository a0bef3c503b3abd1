"""Sources of addresses: from a Source value to Known or Unknown."""

from ddns.detect.options import Endpoints, Options
from ddns.detect.sourcetable import Detectors

__all__ = ["Detectors", "Endpoints", "Options"]
