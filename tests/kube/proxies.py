"""Proxies for tests: one that is asked with CONNECT, one that speaks SOCKS5. Both remember whom they were asked for."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.kube.serving import talk


@dataclass
class Proxy:
    """Where it listens, and what it was asked."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)


@asynccontextmanager
async def connect_proxy(
    *, tls: ssl.SSLContext | None = None, status: str = "200 OK", to: int | None = None
) -> AsyncIterator[Proxy]:
    """Serve CONNECT; every tunnel ends at port `to` of loopback, or where it was asked for."""
    proxy = Proxy()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        target = request.split()[1]
        proxy.asked.append(target)
        proxy.authorizations.append(headers.get("proxy-authorization", ""))
        writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        await writer.drain()
        if status.startswith("200"):
            await _join(reader, writer, to or int(target.rpartition(":")[2]))

    async with talk(say, tls) as proxy.port:
        yield proxy


@asynccontextmanager
async def socks_proxy(*, reply: int = 0, to: int | None = None) -> AsyncIterator[Proxy]:
    """Serve SOCKS5 (RFC 1928) without authentication, or refuse with this reply code."""
    proxy = Proxy()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        proxy.asked.append(f"{host}:{port}")
        writer.write(bytes([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]))
        await writer.drain()
        if reply == 0:
            await _join(reader, writer, to or port)

    async with talk(say) as proxy.port:
        yield proxy


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(_carry(reader, back), _carry(there, writer))
    finally:
        back.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
