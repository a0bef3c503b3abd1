"""The variables of oznu/cloudflare-ddns become native settings."""

import pytest

from ddns.config.dialects.oznu import translate
from ddns.config.raw import Translated
from tests.fakes.doors import File, door, lines, texts

BASE = {"API_KEY": "abc", "ZONE": "example.org"}
LOOKUPS = "first(dns.whoami:1.1.1.1, dns.opendns, url.via4:https://ipinfo.io/ip)"


def oznu(files: dict[str, File] | None = None, **variables: str) -> Translated:
    """Translate the least configuration with some variables more, or other ones."""
    return translate(door({**BASE, **variables}, files))


def test_the_least_configuration_is_one_a_record_every_five_minutes() -> None:
    """A key and a zone give the zone's own name, the three lookups of that image, and no deletions."""
    said = oznu()

    assert texts(said) == {
        "CLOUDFLARE_API_TOKEN": "abc",
        "IP4_DOMAINS": "example.org",
        "IP4_PROVIDER": LOOKUPS,
        "POLICY": "upsert-only",
        "UPDATE_CRON": "*/5 * * * *",
    }
    assert said.problems == said.warnings == ()


def test_values_keep_the_origin_people_know() -> None:
    """A problem with a translated value is told in the words of the dialect."""
    said = oznu(CRON="every day", SUBDOMAIN="home")

    assert said.values["CLOUDFLARE_API_TOKEN"].origin == "API_KEY (environment)"
    assert said.values["UPDATE_CRON"].origin == "CRON (environment)"
    assert said.values["IP4_DOMAINS"].origin == "SUBDOMAIN (environment)"


def test_what_it_read_is_not_read_as_native_again() -> None:
    """PROXIED means something else there, PUID and PGID nothing: they are claimed; EMOJI is not."""
    claims = oznu(PROXIED="true", PUID="1", PGID="1", EMOJI="false").claims

    assert {"PROXIED", "PUID", "PGID", "API_KEY", "DOMAINS"} <= claims
    assert not {"EMOJI", "TZ", "HEALTHCHECKS", "STATE_FILE", "TTL"} & claims


@pytest.mark.parametrize(
    ("subdomain", "names"),
    [
        ("home", "home.example.org"),
        ("", "example.org"),
        ("@", "example.org"),
        ("*", "*.example.org"),
        ("home, vpn", "home.example.org, vpn.example.org"),
        ("home vpn\n@", "home.example.org, vpn.example.org, example.org"),
        (",", "example.org"),
    ],
)
def test_subdomain_is_a_name_or_a_list(subdomain: str, names: str) -> None:
    """Lists work with commas and spaces; empty and @ are the zone itself."""
    assert texts(oznu(SUBDOMAIN=subdomain))["IP4_DOMAINS"] == names


@pytest.mark.parametrize("subdomain", ["home.example.org", "HOME.example.org.", "example.org"])
def test_a_full_name_as_subdomain_is_warned_of(subdomain: str) -> None:
    """The zone is appended as there, and the resulting name is shown."""
    said = oznu(SUBDOMAIN=subdomain)

    assert texts(said)["IP4_DOMAINS"] == f"{subdomain}.example.org"
    assert f"SUBDOMAIN gives the name {subdomain}.example.org" in lines(said)


def test_files_beat_variables() -> None:
    """ZONE_FILE and SUBDOMAIN_FILE win over ZONE and SUBDOMAIN, without their line end."""
    files: dict[str, File] = {"/z": "example.net\n", "/s": "a\nb\n"}
    said = oznu(files, ZONE_FILE="/z", SUBDOMAIN_FILE="/s", SUBDOMAIN="home")

    assert texts(said)["IP4_DOMAINS"] == "a.example.net, b.example.net"


def test_an_empty_subdomain_file_is_the_zone_itself() -> None:
    """A file that exists wins, even with nothing in it."""
    assert texts(oznu({"/s": "\n"}, SUBDOMAIN_FILE="/s", SUBDOMAIN="home"))["IP4_DOMAINS"] == "example.org"


@pytest.mark.parametrize("error", [FileNotFoundError(), IsADirectoryError(), NotADirectoryError()])
def test_a_path_without_a_file_is_passed_over(error: OSError) -> None:
    """Missing files leave the variables in charge, silently."""
    said = oznu(
        {"/k": error, "/z": error, "/s": error},
        API_KEY_FILE="/k",
        ZONE_FILE="/z",
        SUBDOMAIN_FILE="/s",
        SUBDOMAIN="home",
    )

    assert texts(said)["CLOUDFLARE_API_TOKEN"] == "abc"
    assert texts(said)["IP4_DOMAINS"] == "home.example.org"
    assert said.problems == said.warnings == ()


@pytest.mark.parametrize("error", [PermissionError(), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")])
@pytest.mark.parametrize("name", ["API_KEY_FILE", "ZONE_FILE", "SUBDOMAIN_FILE"])
def test_a_file_that_cannot_be_read_is_one_problem(name: str, error: OSError) -> None:
    """It is never passed over, and nothing else is complained about because of it."""
    said = oznu({"/f": error}, **{name: "/f"})

    assert [problem.what for problem in said.problems] == [f"{name} names a file that cannot be read"]


def test_the_token_file_beats_the_token_and_is_read_each_round() -> None:
    """The file is handed on as a file, which the program reads again before each round."""
    said = oznu({"/k": "secret"}, API_KEY_FILE="/k")

    assert texts(said)["CLOUDFLARE_API_TOKEN_FILE"] == "/k"
    assert "CLOUDFLARE_API_TOKEN" not in texts(said)


def test_email_makes_it_a_global_key() -> None:
    """EMAIL switches to key authentication."""
    assert texts(oznu(EMAIL="me@example.org"))["CLOUDFLARE_EMAIL"] == "me@example.org"


def test_native_tokens_and_names_beside_it_are_ignored_with_a_warning() -> None:
    """Only DDNS_DIALECT=oznu can lead here; the image's own names win."""
    said = oznu(CLOUDFLARE_API_TOKEN="other", DOMAINS="a.example.org")

    assert {"CLOUDFLARE_API_TOKEN", "DOMAINS"} <= said.claims
    assert "CLOUDFLARE_API_TOKEN is ignored: in this dialect API_KEY says how to sign in" in lines(said)
    assert "DOMAINS is ignored: in this dialect ZONE and SUBDOMAIN say which names" in lines(said)
    assert "other" not in lines(said)


def test_nothing_at_all_names_what_is_missing() -> None:
    """Both problems are told at once, in the words of the dialect."""
    assert [problem.what for problem in translate(door({})).problems] == ["API_KEY is not set", "ZONE is not set"]


def test_a_missing_token_file_is_named_without_its_path() -> None:
    """Somebody may have put the token itself there."""
    said = translate(door({"API_KEY_FILE": "t0ken", "ZONE": "example.org"}))

    assert "API_KEY_FILE names no file, and API_KEY is not set" in lines(said)
    assert "t0ken" not in lines(said)


def test_lists_do_instead_of_a_zone() -> None:
    """WAF lists alone are something to do, so that no zone need be named."""
    said = translate(door({"API_KEY": "abc", "WAF_LISTS": "account/list"}))

    assert said.problems == ()
    assert "WAF_LISTS" not in said.claims


def test_zones_are_one_and_not_empty() -> None:
    """An empty zone file and a list of zones are refused."""
    assert "ZONE_FILE names an empty file" in lines(oznu({"/z": " "}, ZONE_FILE="/z"))
    assert "ZONE names more than one zone" in lines(oznu(ZONE="example.org, example.net"))


def test_rrtype_aaaa_is_ipv6_throughout() -> None:
    """Names, source and lookups are those of IPv6."""
    said = oznu(RRTYPE="AAAA", SUBDOMAIN="home")

    assert texts(said)["IP6_DOMAINS"] == "home.example.org"
    assert texts(said)["IP6_PROVIDER"] == "first(dns.whoami:2606:4700:4700::1111, url.via6:https://ifconfig.co/ip)"
    assert not {"IP4_DOMAINS", "IP4_PROVIDER"} & set(texts(said))


@pytest.mark.parametrize("kind", ["a", "aaaa", "CNAME", "A,AAAA"])
def test_any_other_rrtype_is_an_error(kind: str) -> None:
    """The message names the setting and the two words it takes."""
    assert f'RRTYPE must be A or AAAA, not "{kind}"' in lines(oznu(RRTYPE=kind))


def test_the_command_beats_the_interface_and_empty_is_unset() -> None:
    """CUSTOM_LOOKUP_CMD, then INTERFACE, then the lookups; an empty variable is no choice."""
    both = oznu(CUSTOM_LOOKUP_CMD="curl -s https://x | head -1", INTERFACE="eth0")

    assert texts(both)["IP4_PROVIDER"] == "cmd:curl -s https://x | head -1"
    assert texts(oznu(CUSTOM_LOOKUP_CMD="", INTERFACE="eth0"))["IP4_PROVIDER"] == "local.iface.first:eth0"
    assert texts(oznu(INTERFACE="eth0", RRTYPE="AAAA"))["IP6_PROVIDER"] == "local.iface.stable:eth0"
    assert texts(oznu(CUSTOM_LOOKUP_CMD="", INTERFACE=" "))["IP4_PROVIDER"] == LOOKUPS


def test_dns_server_is_the_first_lookup_of_a_records() -> None:
    """It is used for A, and a warning says that it has no effect on AAAA."""
    assert texts(oznu(DNS_SERVER="1.0.0.1"))["IP4_PROVIDER"].startswith("first(dns.whoami:1.0.0.1, ")

    said = oznu(DNS_SERVER="1.0.0.1", RRTYPE="AAAA")
    assert "1.0.0.1" not in texts(said)["IP6_PROVIDER"]
    assert "DNS_SERVER has no effect on AAAA records" in lines(said)


def test_a_dns_server_must_be_one_word() -> None:
    """Anything that could be read as more sources is refused."""
    assert "DNS_SERVER must be one address or host name" in lines(oznu(DNS_SERVER="1.1.1.1, local"))


def test_a_native_source_replaces_the_lookups_but_not_a_choice() -> None:
    """It may stand beside their names unless two of them say where the address comes from."""
    assert "IP4_PROVIDER" not in texts(oznu(IP4_PROVIDER="cloudflare.trace"))
    assert "INTERFACE and IP4_PROVIDER (environment) both say" in lines(oznu(IP4_PROVIDER="local", INTERFACE="eth0"))


@pytest.mark.parametrize(("value", "text"), [("true", "true"), ("FALSE", "false"), ("True", "true")])
def test_proxied_when_set_is_declared_state(value: str, text: str) -> None:
    """It is understood in any case and repaired on existing records."""
    said = oznu(PROXIED=value)

    assert (texts(said)["PROXIED"], texts(said)["ENFORCE"]) == (text, "proxied")


def test_proxied_otherwise_leaves_records_as_they_are() -> None:
    """Not set, nothing is declared; an unclear text counts as not set, with a warning."""
    assert not {"PROXIED", "ENFORCE"} & set(texts(oznu()))

    said = oznu(PROXIED="yes")
    assert not {"PROXIED", "ENFORCE"} & set(texts(said))
    assert 'PROXIED is "yes", neither true nor false' in lines(said)


def test_delete_on_stop_takes_only_the_exact_word() -> None:
    """Only ``true`` deletes, and then the records at the names are ours to delete."""
    assert texts(oznu(DELETE_ON_STOP="true"))["DELETE_ON_STOP"] == "true"
    assert "POLICY" not in texts(oznu(DELETE_ON_STOP="true"))

    loud = oznu(DELETE_ON_STOP="TRUE")
    assert (texts(loud)["DELETE_ON_STOP"], texts(loud)["POLICY"]) == ("false", "upsert-only")
    assert 'DELETE_ON_STOP is "TRUE", which does not switch it on' in lines(loud)
    assert lines(oznu(DELETE_ON_STOP="false")) == ""


def test_what_people_write_natively_wins_over_what_is_implied() -> None:
    """POLICY, ENFORCE and UPDATE_CRON are only filled in where nobody wrote them, option or variable."""
    variables = {**BASE, "PROXIED": "true", "ENFORCE": "ttl", "UPDATE_CRON": "@once"}
    said = translate(door(variables, options={"POLICY": "sync"}))

    assert not {"POLICY", "ENFORCE", "UPDATE_CRON"} & set(texts(said))


def test_cron_and_the_api_base_have_native_names() -> None:
    """CRON (tabs and all) and CF_API are handed on."""
    said = oznu(CRON="*/5\t*\t*\t*\t*", CF_API="https://api.example.org/client/v4")

    assert texts(said)["UPDATE_CRON"] == "*/5 * * * *"
    assert texts(said)["CLOUDFLARE_API_BASE_URL"] == "https://api.example.org/client/v4"


def test_two_names_for_one_thing_must_agree() -> None:
    """CRON beside another UPDATE_CRON is a problem; beside the same it is none."""
    assert "CRON differs from UPDATE_CRON" in lines(oznu(CRON="@daily", UPDATE_CRON="@hourly"))
    assert lines(oznu(CRON="@daily", UPDATE_CRON="@daily")) == ""


def test_migration_notes_tell_what_differs() -> None:
    """Each way to configure it has a note, so that ``ddns migrate`` can say what is different."""
    notes = " ".join(note.what for note in oznu(CUSTOM_LOOKUP_CMD="x", DELETE_ON_STOP="true", PROXIED="true").notes)

    assert "answer must be an address" in notes
    assert "deleted on stop" in notes
    assert "repaired in both directions" in notes
