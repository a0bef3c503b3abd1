"""How it agrees on keys: a hybrid with ML-KEM first, which no quantum computer opens, and X25519 beside it.

The server is the CPython of the build (its OpenSSL knows ML-KEM, that of older machines does not), told to take one
group and nothing else. It counts the client's hellos: a second one would be a round trip more.
"""

import subprocess
import tempfile
from pathlib import Path

from freezer.cache import cache_folder
from freezer.errors import FreezeError

from tests.fakes.tls import Authority
from verifier.behaviour import Case, Place

GROUPS = ("X25519MLKEM768", "X25519")
_LARGEST = 2000
"""Bytes of the first message: 1,184 of ML-KEM's key, 32 of X25519's twice, and the rest."""
_CONFIG = """openssl_conf = begin
[begin]
ssl_conf = kinds
[kinds]
system_default = all
[all]
Groups = {group}
"""
SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(60)
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.settimeout(60)
come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(come, go, server_side=True)
hellos = []
while True:
    try:
        tls.do_handshake()
        break
    except ssl.SSLWantReadError:
        connection.sendall(go.read())
        piece = connection.recv(65536)
        if piece[:1] == b"\\x16" and piece[5:6] == b"\\x01":
            hellos.append(len(piece))
        if not piece:
            sys.exit("the client left")
        come.write(piece)
print(tls.version(), *hellos, flush=True)
"""


def hybrid(place: Place) -> list[str]:
    """Check that a server with one of the groups agrees at once, and that the first message stays small."""
    with tempfile.TemporaryDirectory() as folder:
        return [f"{group}: {line}" for group in GROUPS for line in _with(place, group, Path(folder))]


def _with(place: Place, group: str, folder: Path) -> list[str]:
    authority = Authority()
    (place.root / "groups.pem").write_bytes(authority.pem)
    (folder / "server.pem").write_bytes(authority.server_pem("127.0.0.1"))
    (folder / "server.cnf").write_text(_CONFIG.format(group=group))
    env = {"OPENSSL_CONF": str(folder / "server.cnf")}
    argv = [str(_python()), "-I", "-c", SERVER, str(folder / "server.pem")]
    server = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with server:
        port = int(server.stdout.readline()) if server.stdout else 0
        url = f"https://127.0.0.1:{port}/client/v4"
        own = {"SSL_CERT_FILE": "/groups.pem", "CLOUDFLARE_API_BASE_URL": url, "IP4_PROVIDER": "static:9.9.9.9"}
        place.run("run", "--once", **own)
        server.kill()
        said, error = server.communicate()
    version, *hellos = said.split() or ("no TLS",)
    wrong = [f"it agreed on {version}: {error.strip()[-200:]}"] if version != "TLSv1.3" else []
    wrong += [f"it took {len(hellos)} hellos"] * (len(hellos) != 1)
    return wrong + [f"a hello has {size} bytes" for size in map(int, hellos) if size > _LARGEST]


def _python() -> Path:
    found = sorted(cache_folder().glob("stages/host-cpython-*/usr/bin/python3.13"))
    if not found:
        raise FreezeError("the build's own CPython is not in the cache; make the file here with script/freeze")
    return found[-1]


CASES: dict[str, Case] = {"agrees on a hybrid with ML-KEM, or X25519, in one round trip": hybrid}
