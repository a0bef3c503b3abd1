"""The environment form of timothymiller/cloudflare-ddns (v2.2.0): our names, partly with another meaning.

It declares what a record should be and repairs it, where the native language keeps what it finds; ``sub(d)`` holds for
``d`` itself; booleans, intervals and timeouts have their own spellings. The table: ``docs/migrate-timothymiller.md``.
"""

import re

from ddns.config.dialects.notebook import Notebook
from ddns.config.dialects.timothymiller_sources import is_true, put_services, put_source, put_timeouts
from ddns.config.raw import DialectInput, RawValue, Translated
from ddns.config.values.parsers import short

_IMPLIED = RawValue("", "default", "DDNS_DIALECT=timothymiller")
_BOOLEANS = ("UPDATE_ON_START", "DELETE_ON_STOP", "REJECT_CLOUDFLARE_IPS", "EMOJI", "QUIET")
_TOKENS = ("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN", "CLOUDFLARE_API_TOKEN_FILE", "CF_API_TOKEN_FILE")
_LEAST_TTL = 30  # less is automatic, as there
_CALL = re.compile(r"\bsub\s*\(([^()]*)\)")
_EVERY = re.compile(r"(?:@every\s+)?([0-9]+)")
_RESTLESS = re.compile(r"@every\s+0+[smh]?")


def translate(door: DialectInput) -> Translated:
    """Return the native settings that mean what these variables mean to that program."""
    book = Notebook(door)
    _tokens(book)
    for name in _BOOLEANS:
        if value := book.take(name):
            book.put(name, "true" if is_true(book, value) else "false", value)
    for name in ("IP4", "IP6"):
        _provider(book, name)
    _declared(book)
    _schedule(book)
    put_timeouts(book)
    _deletions(book)
    _lists(book)
    put_services(book)
    return book.translated()


def _tokens(book: Notebook) -> None:
    """Keep the first of the four variables; the native language wants all of them to agree."""
    given = [value for name in _TOKENS if (value := book.door.value(name))]
    for other in given[1:]:
        book.claim(other.name)
        book.warn(other, f"is ignored: {given[0].name} comes first", f"remove {other.name}")


def _provider(book: Notebook, family: str) -> None:
    name = f"{family}_PROVIDER"
    value, old = book.take(name), book.take(f"{family}_POLICY")
    if value or old:
        put_source(book, name, value or old or _IMPLIED)
    if old:
        what = f"is ignored: {name} is set" if value else f"is the old name of {name}"
        book.warn(old, what, f"remove {old.name}" if value else f"rename it to {name}")


def _declared(book: Notebook) -> None:
    """Translate TTL, PROXIED and the comment, which are repaired on existing records when they are set."""
    fields: list[tuple[str, RawValue]] = []
    if proxied := book.take("PROXIED"):
        book.put("PROXIED", _CALL.sub(r"(is(\1) || sub(\1))", proxied.value), proxied)
        fields.append(("proxied", proxied))
        if _CALL.search(proxied.value):
            book.note("PROXIED", "sub(d) holds for d itself, which is written (is(d) || sub(d))")
    else:
        book.note("PROXIED", "not set: existing records keep their proxy status; it used to be switched off")
    if (ttl := book.take("TTL")) and _ttl(book, ttl):
        fields.append(("ttl", ttl))
    if comment := book.door.value("RECORD_COMMENT"):
        fields.append(("comment", comment))
    if fields:
        book.imply("ENFORCE", ",".join(field for field, _ in fields), fields[0][1])
        book.note("ENFORCE", "what is set is declared state, repaired on existing records, as before")


def _ttl(book: Notebook, ttl: RawValue) -> bool:
    """Translate the TTL; whether it is enforced (an automatic one was not)."""
    if not re.fullmatch(r"[0-9]{1,18}", ttl.value) or int(ttl.value) >= _LEAST_TTL:
        book.put("TTL", ttl.value, ttl)
        return True
    book.put("TTL", "1", ttl)
    if int(ttl.value) != 1:
        book.warn(ttl, f"is {ttl.value}: less than {_LEAST_TTL} counts as automatic", "write 1 for automatic")
    return False


def _schedule(book: Notebook) -> None:
    book.note("UPDATE_CRON", "rounds start when they are due: the random delay of up to 20 % is gone")
    cron = book.take("UPDATE_CRON")
    if cron is None:
        return
    seconds = _EVERY.fullmatch(cron.value)
    text = f"@every {seconds[1]}s" if seconds else cron.value
    if _RESTLESS.fullmatch(text):
        book.problem(cron, f"is {short(cron.value)}, which would never rest", "write @every 5m")
        return
    if text in {"@disabled", "@nevermore"}:
        text = "@once"
        book.warn(cron, f"is {cron.value}, which means @once", "write @once")
    book.put("UPDATE_CRON", text, cron)


def _deletions(book: Notebook) -> None:
    failure = book.take("DELETE_ON_FAILURE")
    if failure and is_true(book, failure):
        hint = "set the source to static.empty to remove the records on purpose"
        book.warn(failure, "is not supported: an address that is not known never deletes anything", hint)
    if failure:
        book.note("DELETE_ON_FAILURE", "records are never deleted because no address was found")


def _lists(book: Notebook) -> None:
    lists = book.given("WAF_LISTS")
    if lists:
        book.imply("IP4_DEFAULT_PREFIX_LEN", "32", _IMPLIED)
        book.imply("IP6_DEFAULT_PREFIX_LEN", "128", _IMPLIED)
        book.note("WAF_LISTS", "a missing list is created; items stay while an address is not known")
