"""For targets with the other byte order than this machine: how Nuitka writes the constants of the program.

Its data composer, a process of its own, writes numbers in the order of the machine it runs on; the program reads them
in the order of its own (``unpackValueUint16`` and its like in HelpersConstantsBlob.c; Nuitka 4.3.3). Every Python of
the build looks for this module at its start; only that process is changed.
"""

import struct
import sys

if any(word.endswith("data_composer") for word in sys.orig_argv):
    _pack = struct.pack
    _OTHER = ">" if sys.byteorder == "little" else "<"

    def _swapped(form: str, *values: object) -> bytes:
        """Return the values as ``struct.pack`` would on a machine of the other order."""
        if form.strip("HId"):
            sys.exit(f"Nuitka writes {form!r} now; see {__file__}")
        return _pack(_OTHER + form, *values)

    struct.pack = _swapped  # type: ignore[assignment]  # a form is always text there
