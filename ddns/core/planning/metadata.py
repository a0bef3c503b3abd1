"""The fields of a record beside its content: what Cloudflare would echo, what differs, what new records inherit."""

from collections.abc import Sequence
from typing import NamedTuple

from ddns.core.entries import FIELDS, NO_FIELDS, Field, Metadata
from ddns.core.records import Record

TITLES: dict[Field, str] = {"ttl": "TTL", "proxied": "proxy status", "comment": "comment", "tags": "tags"}


def canonical(meta: Metadata) -> Metadata:
    """Return the fields as Cloudflare answers them: the TTL of a proxied record is always 1; tags as a sorted set.

    Tag names are compared without case, their values with case (Cloudflare documentation, 2026-03).
    """
    tags = {_tag_key(tag): tag for tag in sorted(meta.tags, reverse=True)}
    return meta._replace(ttl=1 if meta.proxied else meta.ttl, tags=tuple(tags[key] for key in sorted(tags)))


def _tag_key(tag: str) -> str:
    name, colon, value = tag.partition(":")
    return f"{name.lower()}{colon}{value}"


def differing(one: Metadata, other: Metadata) -> frozenset[Field]:
    """Return the fields that really differ, spelling that Cloudflare does not keep apart left out of account.

    The TTL of a record counts for nothing while it is proxied, but comes to light when it no longer is.
    """
    if one.proxied and other.proxied:
        one, other = one._replace(ttl=1), other._replace(ttl=1)
    found = frozenset(field for field in FIELDS if _comparable(one, field) != _comparable(other, field))
    return found or NO_FIELDS


def _comparable(meta: Metadata, field: Field) -> object:
    return {_tag_key(tag) for tag in meta.tags} if field == "tags" else getattr(meta, field)


def overlay(base: Metadata, declared: Metadata, enforce: frozenset[Field]) -> Metadata:
    """Return ``base`` with the declared fields put over it, as Cloudflare would echo it."""
    return canonical(
        Metadata(
            declared.ttl if "ttl" in enforce else base.ttl,
            declared.proxied if "proxied" in enforce else base.proxied,
            declared.comment if "comment" in enforce else base.comment,
            declared.tags if "tags" in enforce else base.tags,
        )
    )


class Inherited(NamedTuple):
    """What the records to be replaced agree on, the rest filled in; ``disputed`` are the fields without agreement."""

    meta: Metadata
    disputed: tuple[tuple[Field, str], ...] = ()
    """A field, and what is used for it, in words."""


def inherited(records: Sequence[Record], fallback: Metadata) -> Inherited:
    """Return the fields a replacement of these records gets.

    TTL, proxy status and comment: the value all of them have, else the fallback's. Tags: those all of them have. No
    record: the fallback.
    """
    if not records:
        return Inherited(canonical(fallback))
    metas = [canonical(record.meta) for record in records]
    single: tuple[Field, ...] = ("ttl", "proxied", "comment")
    disputed: list[tuple[Field, str]] = [
        (field, f"the fallback {shown(fallback, field)}")
        for field in single
        if len({getattr(meta, field) for meta in metas}) > 1
    ]
    named = {field for field, _ in disputed}
    common, dropped = _common_tags(metas)
    if dropped:
        disputed.append(("tags", f"only what they share, without {', '.join(dropped)}"))
    first = metas[0]
    return Inherited(
        Metadata(
            fallback.ttl if "ttl" in named else first.ttl,
            fallback.proxied if "proxied" in named else first.proxied,
            fallback.comment if "comment" in named else first.comment,
            common,
        ),
        tuple(disputed),
    )


def _common_tags(metas: Sequence[Metadata]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tags (as the first record spells them) that all have, and those that some lack."""
    sets = [{_tag_key(tag) for tag in meta.tags} for meta in metas]
    shared = set.intersection(*sets)
    common = tuple(tag for tag in metas[0].tags if _tag_key(tag) in shared)
    return common, tuple(sorted(set.union(*sets) - shared))


def shown(meta: Metadata, field: Field) -> str:
    """Return the value of a field in words."""
    if field == "ttl":
        return "TTL automatic" if meta.ttl == 1 else f"TTL {meta.ttl}"
    if field == "proxied":
        return "proxied" if meta.proxied else "not proxied"
    if field == "comment":
        return f"comment “{meta.comment}”" if meta.comment else "empty comment"
    return f"tags {', '.join(meta.tags)}" if meta.tags else "no tags"
