"""Which keys a file lets in, from where, until when; and which lines are refused."""

from datetime import UTC, datetime

import asyncssh
import pytest

from kty.ssh.authorized_keys import AuthorizedKey, read_authorized_keys
from tests.ssh.house import new_key

PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOz9h/swMvn25vimEbpGtE9Pksm2vPNcfEoFrZDqnSzC"
"""Always the same, since it stands in the names of the tests."""
KEY = asyncssh.import_public_key(PUBLIC)
NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)


def only(line: str) -> AuthorizedKey:
    keys, refused = read_authorized_keys(line)
    assert not refused
    assert len(keys) == 1
    assert keys[0].key.public_data == KEY.public_data
    return keys[0]


def why_refused(line: str) -> str:
    keys, refused = read_authorized_keys(line)
    assert not keys
    return refused[0].why


def test_keys_stand_in_lines_among_comments() -> None:
    other = new_key().export_public_key("openssh").decode().strip()
    keys, refused = read_authorized_keys(f"# me\n\n  {PUBLIC} anna@desk in the hall\r\n#{other}\n{other}\n")
    assert not refused
    assert [key.comment for key in keys] == ["anna@desk in the hall", ""]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "this is no key"),
        ("a b=c, d", "this is no key"),
        ("=", "neither a key nor an option"),
        ("ssh-ed25519 AAAA", "this is no key"),
        (f'command="ls" {PUBLIC}', "the option command is not known"),
        (f'permitopen="a:1" {PUBLIC}', "the option permitopen"),
        (f'environment="A=b" {PUBLIC}', "the option environment"),
        (f"cert-authority {PUBLIC}", "the option cert-authority"),
        (f'principals="a" {PUBLIC}', "the option principals"),
        (f"verify-required {PUBLIC}", "the option verify-required"),
        (f"no-touch-required {PUBLIC}", "the option no-touch-required"),
        (f"invented {PUBLIC}", "the option invented"),
        (f"no-pty,no-pty {PUBLIC}", "twice"),
        (f'from="" {PUBLIC}', "names no address"),
        (f'expiry-time="soon" {PUBLIC}', "expiry-time wants"),
        (f'expiry-time="20261399" {PUBLIC}', "is no time"),
        (f'from="*,!10.0.0.0/33" {PUBLIC}', "from names no network: '10.0.0.0/33'"),
        (f'from="10.0.0.5/8" {PUBLIC}', "10.0.0.5/8 has host bits set"),
        (f'from="10.0.0.0/255.0.0.0" {PUBLIC}', "does not end with a number of bits"),
        (f'from="10.0.0.0/" {PUBLIC}', "does not end with a number of bits"),
        (f'from="10.*/8" {PUBLIC}', "from names no network"),
        (f'from="10.0.0.1 {PUBLIC}', "neither a key nor an option"),
        ("no-pty", "this is no key"),
        ("no-pty ssh-ed25519 AAAA", "this is no key"),
    ],
)
def test_what_could_not_be_honoured_is_refused(line: str, why: str) -> None:
    assert why in why_refused(line)


def test_a_certificate_is_refused() -> None:
    authority = new_key()
    certificate = authority.generate_user_certificate(KEY, "anna", principals=["anna"])
    assert "certificates" in why_refused(certificate.export_certificate("openssh").decode())


def test_a_line_that_is_refused_keeps_its_key_out_of_later_lines() -> None:
    other = new_key().export_public_key("openssh").decode().strip()
    for bad in ('command="backup"', "no-pty,no-pty", 'from="10.0.0.0/33"'):
        keys, refused = read_authorized_keys(f"{bad} {PUBLIC}\n{other}\n{PUBLIC}\nno-pty {PUBLIC} me\n")
        assert [key.key.public_data == KEY.public_data for key in keys] == [False]
        assert [each.line for each in refused] == [1, 3, 4]
        assert [each.why for each in refused[1:]] == ["so is line 1, which has it too"] * 2
    keys, refused = read_authorized_keys(f'{PUBLIC}\ncommand="backup" {PUBLIC}')
    assert (len(keys), len(refused)) == (1, 1)


@pytest.mark.parametrize(
    ("options", "denied"),
    [
        ("no-pty", {"pty"}),
        ("No-PTY,no-x11-forwarding", {"pty", "X11-forwarding"}),
        ("restrict", {"pty", "port-forwarding", "agent-forwarding", "user-rc", "X11-forwarding"}),
        ("restrict,pty", {"port-forwarding", "agent-forwarding", "user-rc", "X11-forwarding"}),
        ("pty,restrict", {"pty", "port-forwarding", "agent-forwarding", "user-rc", "X11-forwarding"}),
        ("no-agent-forwarding,no-user-rc", {"agent-forwarding", "user-rc"}),
    ],
)
def test_what_a_key_may_not_be_used_for(options: str, denied: set[str]) -> None:
    assert only(f"{options} {PUBLIC}").denied == denied


@pytest.mark.parametrize(
    ("places", "address", "is_taken"),
    [
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.11", False),
        ("10.0.0.*", "10.0.0.11", True),
        ("10.0.0.?", "10.0.0.11", False),
        ("10.0.0.0/8", "10.9.9.9", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/8,!10.1.0.0/16", "10.1.0.1", False),
        ("!10.1.0.1,10.*", "10.1.0.1", False),
        ("!10.1.0.1,10.*", "10.2.0.1", True),
        ("!10.1.0.1", "10.2.0.1", False),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "10.0.0.1", False),
        ("*.example.com", "10.0.0.1", False),
        ("[0-9]*", "10.0.0.1", False),
        ("*,!2001:db8:0::1", "2001:db8::1", False),
        ("2001:DB8::0:1", "2001:db8::1", True),
        ("fe80::1", "fe80::1%eth0", True),
        ("*,!fe80::1%eth1", "fe80::1%eth0", False),
        ("10.0.0.0/8", "::ffff:10.0.0.1", True),
    ],
)
def test_from_where_a_key_is_taken(places: str, address: str, is_taken: bool) -> None:
    why_not = only(f'from="{places}" {PUBLIC}').why_not(address, NOW)
    assert why_not == ("" if is_taken else f"it is not taken from {address}")


@pytest.mark.parametrize(
    ("expires", "is_taken"),
    [
        ("20261126Z", False),
        ("20261127Z", True),
        ("202611260500Z", False),
        ("20261126050001Z", True),
        ("19991231", False),
    ],
)
def test_until_when_a_key_is_taken(expires: str, is_taken: bool) -> None:
    assert (only(f'expiry-time="{expires}" {PUBLIC}').why_not("::1", NOW) == "") is is_taken


def test_a_quoted_value_may_hold_blanks_commas_and_quotes() -> None:
    keys, refused = read_authorized_keys(f'from="10.0.0.1,\\"x y\\"",no-pty {PUBLIC} anna')
    assert not refused
    assert [place.pattern for place in keys[0].places] == ["10.0.0.1", '"x y"']
    assert keys[0].denied == {"pty"}
    assert keys[0].comment == "anna"
