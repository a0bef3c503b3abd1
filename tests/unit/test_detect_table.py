"""Every kind of source is known, and what is not a kind is unknown."""

import re

from ddns.core.addresses import Unknown
from ddns.core.entries import Source
from ddns.detect import Detectors, Options
from ddns.detect.table import WAYS
from ddns.net import Http, Roots
from ddns.runtime.clock import SystemClock


def test_every_kind_has_its_way() -> None:
    """The kinds the Source value names are exactly those that can be asked."""
    listed = re.search(r"one of: (.*?)\.\n", Source.__doc__ or "", re.DOTALL)

    assert listed is not None
    assert set(re.split(r",\s+", listed[1])) == set(WAYS)


def test_another_kind_is_unknown() -> None:
    """A value no configuration makes is still not a crash."""
    clock = SystemClock()
    detected = Detectors(Http(Roots(), "x", clock), clock, Options()).detect(Source("carrier.pigeon"), 4)

    assert detected == Unknown("there is no source carrier.pigeon")
