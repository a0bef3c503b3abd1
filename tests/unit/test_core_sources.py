"""Sources in messages: the host of a URL is shown, what may be secret is not."""

import pytest

from ddns.core.entries import Source


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://example.net/s3cret", "https://example.net/…"),
        ("https://example.net?key=s3cret", "https://example.net/…"),
        ("https://example.net#s3cret", "https://example.net/…"),
        ("https://me:s3cret@example.net:8443", "https://example.net:8443/…"),
        ("https://me:s3/cret@example.net/", "(redacted)"),
        ("https://[2001:db8::1]:80/", "https://[2001:db8::1]:80"),
        ("https://example.net", "https://example.net"),
        ("s3cret", "(redacted)"),
    ],
)
def test_the_host_of_a_url_is_shown_and_nothing_else_of_it(url: str, text: str) -> None:
    """Login, path and query are secrets; where it is not certain what is the host, all of it is."""
    for kind in ("url", "url.via4", "url.via6", "cloudflare.trace"):
        assert Source(kind, url).describe() == f"{kind}:{text}"
    parts = (Source("url", url), Source("cmd", "s3cret"))
    assert Source("agree", parts=parts, quorum=2).describe() == f"agree(2, url:{text}, cmd:(redacted))"
