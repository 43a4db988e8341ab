"""Who is behind a proxy: what its header says, and what a server does with it."""

import asyncio
import ipaddress
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.ssh import proxy_protocol
from kty.ssh.facts import LoggedIn, Refused
from kty.ssh.login import Identity, Nobody
from kty.ssh.proxy_protocol import SIGNATURE, BadHeader, Header, crc32c, read_header, read_start
from tests.ssh.house import HOST_KEY, House, Known, house, new_key, sit, until

ANNA = new_key()
HERE = "127.0.0.1"
TO, TO_6 = ("198.51.100.1", 2222), ("2001:db8::2", 2222)
TLV_NOOP, TLV_CRC32C, TLV_AUTHORITY = 4, 3, 2


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack(">BH", kind, len(value)) + value


def header(
    source: str = "192.0.2.7",
    port: int = 4711,
    *,
    command: int = 1,
    version: int = 2,
    protocol: int = 1,
    more: bytes = b"",
) -> bytes:
    """Return a header as a proxy sends it for a connection over TCP."""
    known = ipaddress.ip_address(source)
    family = 1 if known.version == 4 else 2
    to, to_port = TO if family == 1 else TO_6
    addresses = known.packed + ipaddress.ip_address(to).packed
    return framed(addresses + struct.pack(">HH", port, to_port) + more, command, version, family, protocol)


def framed(body: bytes, command: int = 1, version: int = 2, family: int = 1, protocol: int = 1) -> bytes:
    return SIGNATURE + bytes((version << 4 | command, family << 4 | protocol)) + struct.pack(">H", len(body)) + body


def summed(whole: bytes) -> bytes:
    """Return a header, which has no other values, with its checksum."""
    body = whole[16:] + tlv(TLV_CRC32C, bytes(4))
    start = whole[:14] + struct.pack(">H", len(body))
    return start + body[:-4] + struct.pack(">I", crc32c(start + body))


def read(whole: bytes) -> Header:
    return read_header(whole[:16], whole[16:])


# The reader


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        (header(), Header("192.0.2.7", 4711, TO)),
        (header("2001:db8::7"), Header("2001:db8::7", 4711, TO_6)),
        (header("::ffff:192.0.2.7"), Header("192.0.2.7", 4711, TO_6)),
        (header(more=tlv(TLV_NOOP, b"") + tlv(TLV_AUTHORITY, b"kty.example.org")), Header("192.0.2.7", 4711, TO)),
        (summed(header()), Header("192.0.2.7", 4711, TO)),
        (header(command=0), Header()),
        (framed(b"", command=0, family=0, protocol=0), Header()),
        (framed(b"whatever", command=0, family=15, protocol=15), Header()),
        (framed(b"", family=0, protocol=0), Header()),
        (framed(bytes(216), family=3), Header()),
        (header(protocol=2), Header()),
    ],
)
def test_what_a_header_says(whole: bytes, says: Header) -> None:
    assert read(whole) == says


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 2222\r\n", "version 1 of the PROXY protocol"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no header"),
        (header(version=3), "a header of version 3"),
        (header(command=2), "the unknown command 2"),
        (framed(bytes(12), family=4), "the unknown family 0x41"),
        (framed(bytes(12), protocol=3), "the unknown family 0x13"),
        (framed(bytes(11)), "shorter than its addresses"),
        (framed(bytes(35), family=2), "shorter than its addresses"),
        (header()[:-1], "broke off"),
        (header(more=b"\x04"), "ends within a value"),
        (header(more=b"\x04\x00\x05abcd"), "ends within a value"),
        (header(more=tlv(TLV_CRC32C, b"abc")), "wrong length"),
        (header(more=tlv(TLV_CRC32C, b"abcd")), "checksum is wrong"),
    ],
)
def test_what_is_no_header(whole: bytes, why: str) -> None:
    with pytest.raises(BadHeader, match=why):
        read(whole)


def test_the_checksum_is_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283


@given(st.binary(max_size=400))
def test_whatever_comes_is_an_address_or_refused(body: bytes) -> None:
    for start in (b"", SIGNATURE, SIGNATURE + b"\x21", SIGNATURE + b"\x21\x11" + struct.pack(">H", len(body))):
        with suppress(BadHeader):
            found = read((start + body)[:16] + body)
            assert not found.address or ipaddress.ip_address(found.address)


@given(st.data())
def test_a_header_with_one_byte_changed_is_refused_or_still_one(data: st.DataObject) -> None:
    whole = bytearray(summed(header(data.draw(st.ip_addresses().map(str)), data.draw(st.integers(0, 65_535)))))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with suppress(BadHeader):
        is_summed = at != len(whole) - 7  # else what says that a checksum follows says something else now
        is_whole = at not in (12, 13) and len(whole) == 16 + read_start(bytes(whole[:16]))
        assert read(bytes(whole)) == Header() or not (is_summed and is_whole)


# The server


class Placed(Known):
    """A `Login` that hears where people come from."""

    def __init__(self, **people: asyncssh.SSHKey) -> None:
        super().__init__(**people)
        self.places: set[str] = set()

    async def identity(self, username: str, key: asyncssh.SSHKey, address: str) -> Identity | Nobody:
        self.places.add(address)
        return await super().identity(username, key, address)


@asynccontextmanager
async def brought(it: House, whole: bytes, key: asyncssh.SSHKey = ANNA) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """Come in behind a proxy that sends this."""
    loop = asyncio.get_running_loop()
    sock = await _connected(it)
    await loop.sock_sendall(sock, whole)
    known: Any = ([HOST_KEY.convert_to_public()], [], [])
    options: dict[str, Any] = {"agent_path": None, "config": None, "known_hosts": known}
    async with asyncssh.connect(HERE, it.port, sock=sock, username="me", client_keys=[key], **options) as connection:
        yield connection


async def _connected(it: House) -> Any:
    import socket

    sock = socket.socket()
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (HERE, it.port))
    return sock


async def test_the_address_of_the_header_is_where_the_person_is() -> None:
    login = Placed(anna=ANNA)
    async with house(login, proxies=(HERE,)) as it, brought(it, summed(header("2001:db8::7"))) as connection:
        await (await sit(connection)).sees("no key yet")
        assert login.places == {"2001:db8::7"}
        assert [each.address for each in it.told(LoggedIn)] == ["2001:db8::7"]


async def test_commands_that_are_told_lead_to_where_the_person_connected_to() -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,)) as it, brought(it, header()) as connection:
        await (await sit(connection)).sees("no key yet")
        (app,) = it.apps
        assert app.terminal.transport.server == TO


async def test_limits_count_the_address_of_the_header() -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,), rate_per_address=0.001, burst_per_address=1) as it:
        async with brought(it, header("192.0.2.7")):
            pass
        async with brought(it, header("192.0.2.8")):
            pass
        with pytest.raises((asyncssh.Error, OSError)):
            async with brought(it, header("192.0.2.7")):
                pass
        assert [(each.address, each.reason) for each in it.told(Refused)] == [("192.0.2.7", "rate")]


@pytest.mark.parametrize("whole", [header(command=0), framed(bytes(216), family=3), framed(b"", family=0, protocol=0)])
async def test_a_proxy_that_brings_nobody_is_itself(whole: bytes) -> None:
    login = Placed(anna=ANNA)
    async with house(login, proxies=("127.0.0.0/8",)) as it, brought(it, whole):
        assert login.places == {HERE}


@pytest.mark.parametrize("slow", [b"", header()[:7], header()[:20]])
async def test_a_header_that_does_not_come_whole_is_waited_for_a_while(
    slow: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_protocol, "PATIENCE", 0.3)
    async with house(Known(anna=ANNA), proxies=(HERE,)) as it:
        reader, writer = await asyncio.open_connection(HERE, it.port)
        writer.write(slow)
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 30) == b""  # not even the server's name
        writer.close()
        assert "came within 0.3 s" in it.told(Refused)[0].why
        assert it.server._introducing == 0


async def test_a_header_that_comes_byte_by_byte_is_one() -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,)) as it:
        reader, writer = await asyncio.open_connection(HERE, it.port)
        for byte in header():
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.readline()).startswith(b"SSH-2.0-kty_")
        writer.close()


@pytest.mark.parametrize(
    "noise", [b"SSH-2.0-x\r\n", b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", b"\0" * 100, header(version=1)]
)
async def test_a_proxy_that_sends_none_is_refused_at_once(noise: bytes) -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,)) as it:
        reader, writer = await asyncio.open_connection(HERE, it.port)
        writer.write(noise)
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
        await until(lambda: it.told(Refused))
        assert it.told(Refused)[0].reason == "proxy-protocol"


@pytest.mark.parametrize("proxies", [(), ("192.0.2.1",)])
async def test_who_may_send_none_is_refused_with_one_and_let_in_without(proxies: tuple[str, ...]) -> None:
    login = Placed(anna=ANNA)
    async with house(login, proxies=proxies) as it:
        with pytest.raises((asyncssh.Error, OSError)):
            async with brought(it, header()):
                pass
        await until(lambda: it.told(Refused))
        assert (it.told(Refused)[0].reason, it.told(Refused)[0].address) == ("proxy-protocol", HERE)
        async with it.connected(ANNA):
            pass
        assert login.places == {HERE}


async def test_only_so_many_proxies_are_waited_for() -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,), unauthenticated=2) as it:
        waiting = [await asyncio.open_connection(HERE, it.port) for _ in range(2)]
        await until(lambda: it.server._introducing == 2)
        reader, last = await asyncio.open_connection(HERE, it.port)
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 30) == b""
        for _, writer in (*waiting, (reader, last)):
            writer.close()
        await until(lambda: it.server._introducing == 0)


async def test_a_crowd_of_proxies_that_comes_at_once_is_counted_one_by_one() -> None:
    loop = asyncio.get_running_loop()
    async with house(Known(anna=ANNA), proxies=(HERE,), unauthenticated=2) as it, AsyncExitStack() as stack:
        crowd = []
        for _ in range(8):  # they wait in the kernel: the server has not had its turn yet
            crowd.append(stack.enter_context(socket.create_connection((HERE, it.port))))
            crowd[-1].setblocking(False)
        async with asyncio.timeout(30):
            for turned_away in crowd[2:]:
                with suppress(ConnectionResetError):
                    assert await loop.sock_recv(turned_away, 4) == b""
        assert it.server._introducing == 2


async def test_it_ends_while_a_header_is_awaited() -> None:
    async with house(Known(anna=ANNA), proxies=(HERE,)) as it:
        _, writer = await asyncio.open_connection(HERE, it.port)
        await until(lambda: it.server._introducing == 1)
    writer.close()
