"""pods/portforward: connections to what listens in a pod, over a WebSocket with two channels for each port."""

import asyncio
import hashlib
import re
from contextlib import suppress
from typing import Final

from aiohttp import web

from kty.demo.call import Call
from kty.demo.pods.containers import containers_of
from kty.demo.pods.network import Connection
from kty.demo.pods.permission import refuse_reader
from kty.demo.pods.runs import node_of
from kty.demo.pods.websocket import Channels, chosen, is_upgrade, refused_upgrade
from kty.demo.statuses import bad_request, method_not_allowed
from kty.kube.objects import Object

SERVED: Final = ("v4.channel.k8s.io", "v4.base64.channel.k8s.io")
_UNSIGNED: Final = re.compile(r"[0-9]+")


async def answer(call: Call) -> web.StreamResponse:
    if call.verb not in ("get", "create"):
        raise method_not_allowed()
    refuse_reader(call)
    ports = _ports(call.request.query.getall("ports", []))
    pod = call.demo.registry.get("pods", call.namespace, call.name)
    node_of(pod)
    if not is_upgrade(call.request):
        raise bad_request("Upgrade request required")
    if not ports:
        return web.Response(status=400, text='query parameter "port" is required')
    if 0 in ports:
        return web.Response(status=400, text=f'port "{",".join(map(str, ports))}" must be > 0')
    protocol = chosen(call.request, SERVED)
    if protocol is None:
        return refused_upgrade()
    channels = Channels(call.request, protocol)
    response = await channels.open()
    forwards = [_Forward(call, pod, channels, number * 2, port) for number, port in enumerate(ports)]
    with suppress(BrokenPipeError):  # the client has left
        for forward in forwards:
            await forward.announce()
        await _carried(channels, forwards)
        await channels.close()
    return response


def _ports(texts: list[str]) -> list[int]:
    """Read `ports=80&ports=81,82`. Raises ApiError 400."""
    found = []
    for text in (part for one in texts for part in one.split(",")):
        if not _UNSIGNED.fullmatch(text):
            raise bad_request(f'cannot convert to []int32: strconv.ParseUint: parsing "{text}": invalid syntax')
        if int(text) > 0xFFFF:
            raise bad_request(f'cannot convert to []int32: strconv.ParseUint: parsing "{text}": value out of range')
        found.append(int(text))
    return found


async def _carried(channels: Channels, forwards: "list[_Forward]") -> None:
    """Carry bytes both ways until every connection is over, or the client leaves."""
    running = asyncio.ensure_future(_all(forwards))
    feeding = asyncio.ensure_future(_feed(channels, forwards))
    try:
        await asyncio.wait({running, feeding}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        running.cancel()
        feeding.cancel()
        for forward in forwards:
            forward.close()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # retrieved: whoever waited for it has it already


async def _all(forwards: "list[_Forward]") -> None:
    await asyncio.gather(*[forward.run() for forward in forwards])


async def _feed(channels: Channels, forwards: "list[_Forward]") -> None:
    async for message in channels.messages():
        number, is_error = divmod(message.channel, 2)
        if number < len(forwards) and not is_error and message.data:
            await forwards[number].send(message.data)


class _Forward:
    """One port: its data on one channel, and what goes wrong on the next."""

    def __init__(self, call: Call, pod: Object, channels: Channels, channel: int, port: int) -> None:
        self._call = call
        self._pod = pod
        self._channels = channels
        self._channel = channel
        self._port = port
        self._connection: Connection | None = None
        self._is_open = asyncio.Event()

    async def announce(self) -> None:
        for channel in (self._channel, self._channel + 1):
            await self._channels.send(channel, self._port.to_bytes(2, "little"))

    async def run(self) -> None:
        try:
            server = await containers_of(self._call.demo).listening(self._pod, self._port)
        except ConnectionRefusedError:
            self._is_open.set()
            await self._channels.send(self._channel + 1, self._refused().encode())
            return
        self._connection = Connection(server)
        self._is_open.set()
        while data := await self._connection.read():
            await self._channels.send(self._channel, data)

    async def send(self, data: bytes) -> None:
        """Hand on what the client sent; it waits while the other side does not read."""
        await self._is_open.wait()
        if self._connection is not None:
            with suppress(BrokenPipeError):  # the other side has hung up
                await self._connection.write(data)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _refused(self) -> str:
        """Say that nothing listens, as the kubelet and containerd do."""
        sandbox = hashlib.sha256(self._pod["metadata"]["uid"].encode()).hexdigest()
        where = f'"/var/run/netns/cni-{self._pod["metadata"]["uid"]}"'
        return (
            f"error forwarding port {self._port} to pod {sandbox}, uid : failed to execute portforward in network "
            f"namespace {where}: failed to connect to localhost:{self._port} inside namespace "
            f'"{sandbox}", IPv4: dial tcp4 127.0.0.1:{self._port}: connect: connection refused '
            "IPv6 dial tcp6: address localhost: no suitable address found "
        )
