"""Where people reach a server that listens elsewhere."""

import pytest

from kty.ssh.public_address import public_address
from tests.ssh.house import Known, house, new_key, sit

ANNA = new_key()


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("", None),
        ("kty.example.com", ("kty.example.com", None)),
        ("kty.example.com:22", ("kty.example.com", 22)),
        ("192.0.2.1:2222", ("192.0.2.1", 2222)),
        ("[2001:DB8::1]:22", ("2001:db8::1", 22)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
    ],
)
def test_what_is_said_is_understood(text: str, means: tuple[str, int | None] | None) -> None:
    assert public_address(text) == means


@pytest.mark.parametrize(
    "text",
    [
        "-oProxyCommand=x",
        "a b",
        "a:0",
        "a:65536",
        "a:b",
        "a:",
        ":22",
        "a;b",
        "2001:db8::1",
        "[::g]",
        "ä",
        "a\n",
        "$(x)",
    ],
)
def test_what_would_be_no_host_in_a_command_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        public_address(text)


@pytest.mark.parametrize("port", [None, 22])
async def test_commands_that_are_told_lead_there(port: int | None) -> None:
    public = "kty.example.com", port
    async with house(Known(anna=ANNA), public_address=public) as it, it.connected(ANNA) as connection:
        await (await sit(connection)).sees("no key yet")
        (app,) = it.apps
        assert app.terminal.transport.server == ("kty.example.com", port or it.port)
