"""How the simulated Cloudflare reads credentials, and refuses them in the words of each backend."""

import re

from tests.fakes.cf_world import Json, Refusal, Token, World, digest
from tests.fakes.httpserver import Call

WELL_FORMED = re.compile(r"[-a-zA-Z0-9._~+/]{8,}=*")
CHAIN = [(6111, "Invalid format for Authorization header")]


def credential(world: World, call: Call) -> tuple[str, Token]:
    """Return the credential of a request and what it may do; refuse a missing, malformed or unknown one."""
    lists, verify = "/rules/lists" in call.path, call.path.endswith("/tokens/verify")
    email, key = call.headers.get("x-auth-email", ""), call.headers.get("x-auth-key", "")
    if email and key:
        if world.keys.get(email) != key:
            raise Refusal(403, 9103, "Unknown X-Auth-Key or X-Auth-Email")
        return key, Token()
    scheme, _, secret = call.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise Refusal(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
    token = world.tokens.get(secret)
    if scheme.lower() != "bearer" or (token is None and not WELL_FORMED.fullmatch(secret)):
        raise _malformed(lists=lists)
    if token is None or (token.status != "active" and not verify):
        raise _unknown(lists=lists, verify=verify)
    if token.refused_from:
        raise Refusal(403, 9109, f"Cannot use the access token from location: {token.refused_from}")
    return secret, token


def _malformed(*, lists: bool) -> Refusal:
    if lists:
        return Refusal(400, 9106, "Authentication failed (status: 400)")
    return Refusal(400, 6003, "Invalid request headers", CHAIN)


def _unknown(*, lists: bool, verify: bool) -> Refusal:
    if verify:
        return Refusal(401, 1000, "Invalid API Token")
    return Refusal(401, 10000, "Authentication error") if lists else Refusal(403, 9109, "Invalid access token")


def need(token: Token, permission: str) -> None:
    """Refuse a token without a permission; the right to edit includes the right to read."""
    wider = permission.replace("read", "edit")
    # a token that may edit DNS may also look zones up (Cloudflare's own template "Edit zone DNS")
    enough = {permission, wider, *(("dns.edit", "dns.read") if permission == "zone.read" else ())}
    if not enough & token.permissions:
        raise Refusal(403, 10000, "Authentication error")


def verified(secret: str, token: Token, kind: str) -> Json:
    """Answer a verify endpoint: those of users and of accounts are not interchangeable."""
    if token.kind != kind:
        raise Refusal(401, 1000, "Invalid API Token")
    return {"id": digest(secret), "status": token.status}
