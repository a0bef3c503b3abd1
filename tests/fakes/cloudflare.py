"""A stateful Cloudflare on loopback with a certificate authority of its own: a library and a program.

As a library::

    with Cloudflare(zones=("example.org",)) as sim:
        sim.add_record("example.org", "A", "home.example.org", "192.0.2.1")
        sim.fault(broken(503, method="POST", path="/batch"))
        ...  # sim.base_url, sim.ca_file, sim.token, sim.records("example.org"), sim.requests("GET", "dns_records")

As a program: ``python -m tests.fakes.cloudflare --ca-file ca.pem --zone example.org``; see ``tests.fakes.cf_program``.
"""

import re
import ssl
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.fakes import cf_control, cf_records, cf_routes, cf_whoami
from tests.fakes.cf_world import Account, ListState, Token, World, ZoneState, digest
from tests.fakes.faults import Fault, Faults
from tests.fakes.httpserver import Answer, Call, Server
from tests.fakes.limiter import Limiter
from tests.fakes.tls import Authority

TOKEN = "simulated-token-of-an-invented-user-0000"
BASE = "/client/v4"
NAMES = ("localhost", "127.0.0.1", "::1", "api.cloudflare.com", "cloudflare-dns.com")
TlsFault = Literal["", "expired", "early", "wrong-name", "stranger"]
"""What is wrong with the certificate; ``early``: it is valid around ``EARLY_DAYS`` from now; ``stranger``: its signer
is an authority that ``ca_file`` does not name."""
EARLY_DAYS = 1000
_VALID = {"expired": (-9, -2), "early": (EARLY_DAYS - 9, EARLY_DAYS + 9)}


class Cloudflare:
    """The simulator. It serves from its construction until it is closed; state is in ``world`` and may be changed."""

    def __init__(
        self, zones: Iterable[str] = ("example.org",), *, tls: bool = True, port: int = 0, tls_fault: TlsFault = ""
    ) -> None:
        """Make one account with these zones and one token that may do everything."""
        self._folder = tempfile.TemporaryDirectory()
        self.world = World()
        self.account = self.add_account("home")
        self.token = TOKEN
        self.world.tokens[TOKEN] = Token()
        for name in zones:
            self.add_zone(name)
        self.faults = Faults()
        self.answered: list[tuple[Call, Answer]] = []
        self._limiter = Limiter(self.world)
        self._lock = threading.Lock()
        self.ca_file = str(Path(self._folder.name, "ca.pem"))
        try:
            self.server = Server(self._answer, self._context(tls_fault) if tls else None, port, self.faults)
        except OSError:
            self._folder.cleanup()
            raise
        self.scheme = "https" if tls else "http"
        self.port = self.server.port

    def __enter__(self) -> Self:
        """Return itself: it serves already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.close()

    def _context(self, fault: TlsFault) -> ssl.SSLContext:
        authority = Authority()
        Path(self.ca_file).write_bytes((Authority() if fault == "stranger" else authority).pem)
        names = ("elsewhere.invalid",) if fault == "wrong-name" else NAMES
        start, end = _VALID.get(fault, (-1, 30))
        return authority.server(*names, start_days=start, end_days=end)

    def close(self) -> None:
        """Stop serving and remove the files."""
        self.server.close()
        self._folder.cleanup()

    @property
    def origin(self) -> str:
        """Return ``https://localhost:port``, a name with an address of each family."""
        return f"{self.scheme}://localhost:{self.port}"

    @property
    def base_url(self) -> str:
        """Return the base URL of the API."""
        return self.origin + BASE

    @property
    def trace_url(self) -> str:
        """Return the URL of the trace."""
        return self.origin + "/cdn-cgi/trace"

    @property
    def log(self) -> list[Call]:
        """Return every request so far."""
        return self.server.log

    def requests(self, method: str = "", path: str = "") -> list[Call]:
        """Return the requests of a method ("": any) whose path and query contain a regular expression."""
        return [call for call in self.log if method in {"", call.method} and re.search(path, call.target)]

    def fault(self, *faults: Fault) -> None:
        """Add faults."""
        self.faults.add(*faults)

    def refill(self) -> None:
        """Count the requests of the limit anew, as after five minutes."""
        self._limiter = Limiter(self.world)

    def set_address(self, four: str = "", six: str = "") -> None:
        """Set what trace, echo and DoH answer over each family."""
        self.world.trace |= ({4: four} if four else {}) | ({6: six} if six else {})

    def add_account(self, name: str, plan: str = "free") -> Account:
        """Add an account."""
        account = Account(digest(f"account {name}"), name, plan)
        self.world.accounts[account.id] = account
        return account

    def add_zone(
        self, name: str, *, status: str = "active", account: Account | None = None, twin: str = ""
    ) -> ZoneState:
        """Add a zone; ``twin`` makes another id, for two zones of one name."""
        zone = ZoneState(digest(f"zone {name}{twin}"), name, account or self.account, status)
        self.world.zones[zone.id] = zone
        return zone

    def zone(self, name: str) -> ZoneState:
        """Return a zone by name."""
        return next(zone for zone in self.world.zones.values() if zone.name == name)

    def add_record(self, zone: str, type_: str, name: str, content: str, **fields: Any) -> str:  # noqa: ANN401 -- any field
        """Add a record as the API would and return its id; ``read_only=True`` makes it system-managed."""
        read_only = fields.pop("read_only", False)
        sent = {"type": type_, "name": name, "content": content, **fields}
        made = cf_records.create(self.world, self.zone(zone), sent)
        made["meta"] = {"read_only": True} if read_only else {}
        return str(made["id"])

    def records(self, zone: str, type_: str = "", name: str = "") -> list[tuple[str, str, str]]:
        """Return ``(name, type, content)`` of the records of a zone, sorted."""
        found = self.zone(zone).records.values()
        rows = [(each["name"], each["type"], each["content"]) for each in found if type_ in {"", each["type"]}]
        return sorted(row for row in rows if name in {"", row[0]})

    def record(self, zone: str, name: str, type_: str = "A") -> dict[str, Any]:
        """Return the one record of a name and type, with all its fields."""
        (found,) = [r for r in self.zone(zone).records.values() if (r["name"], r["type"]) == (name, type_)]
        return found

    def add_list(
        self, name: str, items: Sequence[tuple[str, str]] = (), *, kind: str = "ip", used: int = 0
    ) -> ListState:
        """Add a list of ``(ip, comment)`` items; ``used`` rules refer to it."""
        made = ListState(digest(f"list {name}"), name, kind, referenced_by=used)
        for ip, comment in items:
            item = {"id": self.world.new_id("item"), "ip": ip, "created_on": made.created, "modified_on": made.created}
            made.items[item["id"]] = item | ({"comment": comment} if comment else {})
        self.account.lists[made.id] = made
        return made

    def _answer(self, call: Call) -> Answer:
        if call.path.startswith("/_sim"):
            return cf_control.answer(self, call)
        if not call.headers.get("user-agent"):
            return Answer(403, b"error code: 1010", {"Content-Type": "text/plain", "CF-Ray": "8f00000000000000-SIM"})
        with self._lock:
            if call.path in cf_whoami.PATHS:
                return cf_whoami.PATHS[call.path](self.world, call)
            if not call.path.startswith(BASE + "/"):
                return Answer(404, b"<html>not found</html>", {"Content-Type": "text/html"})
            headers, refusal = self._limiter.count()
            given = refusal or cf_routes.answer(self.world, call, call.path.removeprefix(BASE))
            self.answered.append((call, given))
            return given._replace(headers={**given.headers, **headers})


if __name__ == "__main__":
    from tests.fakes.cf_program import main

    main()
