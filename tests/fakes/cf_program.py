"""The simulator as a program, for demonstrations and for binaries under test."""

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import get_args

import orjson

from tests.fakes.cf_control import seed
from tests.fakes.cf_world import Refusal, Token
from tests.fakes.cloudflare import Cloudflare, TlsFault


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="python -m tests.fakes.cloudflare", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 and ::1 (default: any free one)")
    options.add_argument("--ca-file", default="", help="where to write the root certificate (PEM)")
    options.add_argument("--http", action="store_true", help="serve http, without TLS")
    options.add_argument("--zone", action="append", default=[], help="a zone (again for more; default example.org)")
    options.add_argument("--token", default="", help="the token that may do everything")
    options.add_argument("--seed", default="", help="JSON file of records: see tests.fakes.cf_control.seed")
    options.add_argument("--address4", default="", help="the address that is echoed over IPv4")
    options.add_argument("--address6", default="", help="the address that is echoed over IPv6")
    options.add_argument("--bad-tls", default="", choices=get_args(TlsFault))
    return options


def main(argv: list[str] | None = None, stop: threading.Event | None = None) -> None:
    """Serve until SIGTERM or SIGINT (or ``stop``). The first line printed is the base URL."""
    options = parser().parse_args(argv)
    if stop is None:
        stop = threading.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stop.set())
    zones = options.zone or ["example.org"]
    with Cloudflare(zones, tls=not options.http, port=options.port, tls_fault=options.bad_tls) as sim:
        if options.token:
            sim.world.tokens[options.token] = Token()
        if options.seed:
            try:
                seed(sim, orjson.loads(Path(options.seed).read_bytes()))
            except Refusal as refusal:
                sys.exit(f"{options.seed}: {refusal.text}: {refusal.chain}")
        if options.ca_file:
            Path(options.ca_file).write_bytes(Path(sim.ca_file).read_bytes())
        sim.set_address(options.address4, options.address6)
        sys.stdout.write(f"{sim.base_url}\ntoken {options.token or sim.token}\n")
        sys.stdout.flush()
        stop.wait()
