"""What the frozen program begins with; the same as ``python -m ddns``."""

import gc

gc.disable()  # as ddns.__main__ does, but before the imports: they leave no cycles behind

from ddns.__main__ import run  # noqa: E402 -- see above

run()
