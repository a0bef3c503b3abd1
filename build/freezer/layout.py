"""What a steady round imports and touches: how the memory of every target's snapshot is laid out.

The program is linked with ``snapshot/trace`` and does rounds against a server that always says the same. First nothing
is imported before the snapshot: which modules does a round import? Then each block of memory lies in a page of its own,
part by part: which are touched in most rounds?

Texts are another matter. A look into a dictionary also reads keys that happen to stand where it looks first, and how
often Python looks depends on caches that go by addresses: which texts those are is chance. So a text is hot when
something hot refers to it, and only then.

Blocks are known by the order in which they are allocated, so what was found on amd64 serves every target.
"""

import array
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from freezer.cache import Work
from freezer.errors import FreezeError
from freezer.host import Host
from freezer.snapshot import SOURCES

_TRACE = SOURCES / "trace"
_PAGE = 4096
_AT_ONCE = 25_000
"""Pages that are traced together: the kernel allows a process 65,530 mappings."""
_SIDE_BY_SIDE = 3
_FIXED = ("setarch", "-R")
"""util-linux; what is mapped lies where it lay the last time. Containers forbid it by default, such as Docker's."""
_SECONDS = 120
_ROUNDS, _PAUSE = 2, 2.0
"""So many rounds before the stop where the program does not note them itself; seconds until it waits for the next."""
_COMMON = {"CLOUDFLARE_API_TOKEN": "0" * 40, "DOMAINS": "a.example.org,b.example.org", "IP6_PROVIDER": "none"}
_WAYS = (
    ({"UPDATE_CRON": "@every 1s"}, 5),  # sleeps outside of Python
    ({"UPDATE_CRON": "@every 5s", "DDNS_HIBERNATE": "false"}, 0),  # waits in Python, as for a moment before each sleep
)
"""Settings, and how many records to wait for before the stop; the first record is of a first round, which is rare."""

Take = Callable[[Work, Mapping[str, bytes]], Path]
"""Makes a snapshot that reads these files; returns its folder, with the finished ``ddns`` in it."""


class Area(NamedTuple):
    """Blocks that lie together, by number; ``step``: bytes between two of them."""

    blocks: Mapping[int, int]
    """Number and size."""
    step: int = 16

    def packed(self) -> bytes:
        """Return it as heap.c reads it."""
        bits = bytearray(max(self.blocks, default=0) // 32 * 4 + 4)
        for number in self.blocks:
            bits[number // 8] |= 1 << number % 8
        room = sum(-(-size // self.step) * self.step for size in self.blocks.values())
        return struct.pack("<III", room, self.step, len(bits)) + bits


class Taken(NamedTuple):
    """A snapshot of the traced program: where its blocks are (number, place, size), and what they hold."""

    blocks: Sequence[tuple[int, int, int]]
    begin: int
    """The address of the first place."""
    region: bytes
    text: int
    """The address of the type of texts."""

    def texts(self) -> dict[int, tuple[int, int]]:
        """Return number and size of each text by its address."""
        kind = struct.pack("<Q", self.text)
        found = (each for each in self.blocks if self.region[each[1] + 8 : each[1] + 16] == kind)
        return {self.begin + place: (number, size) for number, place, size in found}

    def hot(self, touched: Collection[int]) -> dict[int, int]:
        """Return numbers and sizes of the blocks that were touched, with the texts they refer to and no others."""
        texts = self.texts()
        own = {number for number, _ in texts.values()}
        hot = {}
        for number, place, size in self.blocks:
            if number in touched and number not in own:
                hot[number] = size
                words = array.array("Q", self.region[place : place + size])
                hot.update(texts[word] for word in words if word in texts)
        return hot


def layout(work: Work, host: Host, take: Take) -> None:
    """Write ``modules`` and ``hot`` into the stage."""
    if not _fixable():
        with work.log.open("a") as log:
            log.write("Addresses cannot be fixed here: by chance, the layout may differ in some blocks.\n")
    modules = _imported(work, host, take)

    plain = _taken(_run(work, host, take, "all", {"modules": modules}))
    touched: set[int] = set()
    for index, part in enumerate(_parts({number: size for number, _, size in plain.blocks})):
        folders = _run(work, host, take, f"part{index}", {"modules": modules, "hot": Area(part, _PAGE).packed()})
        touched.update(number for number in _touched(folders) if number in part)
    (work.out / "modules").write_bytes(modules)
    (work.out / "hot").write_bytes(Area(plain.hot(touched)).packed())


def _fixable() -> bool:
    return subprocess.run([*_FIXED, "true"], capture_output=True, check=False).returncode == 0


def _imported(work: Work, host: Host, take: Take) -> bytes:
    """Return the modules that a steady round has imported, in the order of their first import."""
    folders = _run(work, host, take, "modules", {})
    lines = [(folder / "imported").read_text().splitlines()[-1].split() for folder in folders]
    names = dict.fromkeys(name for line in lines for name in line)
    return " ".join(names).encode()


def _parts(blocks: Mapping[int, int]) -> Iterable[dict[int, int]]:
    """Return the blocks in parts that can be traced at once, a page for each."""
    part: dict[int, int] = {}
    pages = 0
    for number, size in sorted(blocks.items()):
        pages += -(-size // _PAGE)
        if pages > _AT_ONCE:
            yield part
            part, pages = {}, 0
        part[number] = size
    yield part


def _run(work: Work, host: Host, take: Take, name: str, files: Mapping[str, bytes]) -> list[Path]:
    """Make a snapshot and let it do its rounds, several side by side; return the folders with what they noted."""
    tmp = work.tmp / name
    tmp.mkdir()
    taken = take(Work(work.out, tmp, work.log), files)
    running = []
    for index in range(_SIDE_BY_SIDE):
        for way in range(len(_WAYS)):
            folder = tmp / f"way{way}-{index}"
            folder.mkdir()
            running.append(_Rounds(taken, folder, host, way))
    for each in running:
        each.finish()
    return [each.folder for each in running]


class _Rounds:
    """A server and a program that does rounds against it."""

    def __init__(self, taken: Path, folder: Path, host: Host, way: int) -> None:
        """Start both."""
        self.folder, self.taken = folder, taken
        extra, self._wanted = _WAYS[way]
        port = folder / "port"
        argv = [str(host.python), "-I", str(_TRACE / "server.py"), str(_TRACE), str(port)]
        self._server = subprocess.Popen(argv, env={"LC_ALL": "C.UTF-8"})
        self._await(port.exists)
        at = f"https://localhost:{port.read_text()}"
        env = {
            **_COMMON,
            **extra,
            "CLOUDFLARE_API_BASE_URL": f"{at}/client/v4",
            "IP4_PROVIDER": f"cloudflare.trace:{at}/cdn-cgi/trace",
            "SSL_CERT_FILE": str(_TRACE / "root.pem"),
        }
        with (folder / "said").open("wb") as said:
            argv = [*(_FIXED if _fixable() else ()), str(taken / "ddns")]
            self._program = subprocess.Popen(argv, cwd=folder, env=env, stdout=said, stderr=said)

    def finish(self) -> None:
        """Wait for the rounds, stop both. FreezeError: the program failed."""
        self._await(self._enough)
        self._program.send_signal(signal.SIGTERM)
        code = self._program.wait(_SECONDS)
        self._server.kill()
        self._server.wait()
        if code:
            raise FreezeError(f"the traced program failed ({code}): {(self.folder / 'said').read_text()[-800:]}")

    def _enough(self) -> bool:
        if not self._wanted:
            rounds = self.folder / "rounds"
            if not rounds.exists() or rounds.stat().st_size < _ROUNDS:
                return False
            time.sleep(_PAUSE)
            return True
        notes = self.folder / "imported"
        return notes.exists() and notes.read_text().count("\n") >= self._wanted

    def _await(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _SECONDS
        while not done():
            if time.monotonic() > end:
                said = self.folder / "said"
                raise FreezeError(f"the traced program hangs: {said.read_text()[-800:] if said.exists() else ''}")
            time.sleep(0.05)


def _taken(folders: Sequence[Path]) -> Taken:
    taking = folders[0].parent / "taking"
    facts = {name: int(value, 16) for name, value in map(str.split, (taking / "facts").read_text().splitlines())}
    blocks = list(struct.iter_unpack("<III", (taking / "blocks").read_bytes()))
    region = (taking / "memory").read_bytes()[facts["region"] - facts["begin"] :]
    return Taken(blocks, facts["region"], region, facts["str"])


def _touched(folders: Sequence[Path]) -> Iterable[int]:
    """Return the numbers of the blocks that steady rounds touched; of a large one at least half."""
    taken = _taken(folders)
    pages = _hot_pages(folders, -(-len(taken.region) // _PAGE))
    for number, place, size in taken.blocks:
        own = range(place // _PAGE, (place + size - 1) // _PAGE + 1)
        if 2 * sum(page in pages for page in own) >= len(own):
            yield number


def _hot_pages(folders: Sequence[Path], count: int) -> set[int]:
    """Return the pages that most processes of one way touched in one of their steady rounds.

    What a round does by chance (it waits for a thread that has not ended yet) is done in one of several.
    """
    pages: set[int] = set()
    for way, (_, wanted) in enumerate(_WAYS):
        own = [_records(folder, count) for folder in folders if folder.name.startswith(f"way{way}-")]
        steady = [records[1 if wanted else 0 :][: max(wanted - 1, 1)] for records in own]
        for page in range(count):
            seen = sum(any(record[page] for record in records) for records in steady)
            pages |= {page} if 2 * seen > len(steady) else set()
    return pages


def _records(folder: Path, count: int) -> list[bytes]:
    notes = (folder / "touched").read_bytes()
    return [notes[at : at + count] for at in range(0, len(notes), count)]
