"""The data inside the frozen program, as the package install sees it and as the frozen program does."""

import importlib
import ssl
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from ddns import embedded


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Stand in for the module that the frozen program has; afterwards it is gone again."""
    module = ModuleType("_ddns_data")
    vars(module).update(load_roots=lambda context: context is not None, zone={"Europe/Berlin": b"TZif2"}.get)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "_ddns_data", module)
        importlib.reload(embedded)
        yield module
    importlib.reload(embedded)


def test_a_package_install_has_nothing_inside() -> None:
    """The callers then use the system's roots and zones."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    assert embedded.load_roots(context) is False
    assert embedded.zone("Europe/Berlin") is None
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.usefixtures("inside")
def test_the_frozen_program_asks_its_own_module() -> None:
    """What build/native/data.c gives is handed on as it is."""
    assert embedded.load_roots(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) is True
    assert embedded.zone("Europe/Berlin") == b"TZif2"
    assert embedded.zone("Mars/Olympus") is None
