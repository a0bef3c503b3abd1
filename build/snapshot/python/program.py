"""What the frozen program begins with when it is to start from a snapshot; the same as ``python -m ddns``."""

import gc

gc.disable()  # as ddns.__main__ does, but before the imports: they leave no cycles behind

import _ddns_wake  # noqa: E402 -- see above

from ddns.__main__ import run  # noqa: E402 -- see above

_ddns_wake.offer(run)
run()
