"""Several byte streams over one websocket, as the subprotocols `v4.channel.k8s.io` and `v5.channel.k8s.io` carry them.

The first byte of a message names its channel (k8s.io/apimachinery, pkg/util/remotecommand and its websocket
counterpart in pkg/util/httpstream/wsstream).
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from kty.errors import KtyError
from kty.kube.exchange import WebSocket

V5 = "v5.channel.k8s.io"
V4 = "v4.channel.k8s.io"
CLOSE = 255
"""The channel on which v5 says that another one is closed."""
PIECE = 1 << 16
"""Bytes that are sent in one message."""
ROOM = 1 << 18
"""Bytes that wait for the reader of a channel before nothing more is taken from the network."""

LINGER = 1.0
"""Seconds that a server has to end the websocket after its last word."""


class Channels:
    """Whoever reads takes messages off the network, also for the others: there is no task behind it.

    A channel that nobody reads holds the others up once it is full; `drop` it where nobody ever will.
    """

    def __init__(self, socket: WebSocket, numbers: Sequence[int], *, last: int | None = None) -> None:
        """`numbers` are the channels that the server sends on; what comes on others is dropped.

        What comes on `last` is the last that comes at all: a connection that breaks off afterwards did not break off.
        """
        self.socket = socket
        self._waiting: dict[int, deque[bytes]] = {number: deque() for number in numbers}
        self._sizes = dict.fromkeys(numbers, 0)
        self._closed: set[int] = set()
        self._last = last
        self._is_last = False
        self._is_taking = False
        self._changed: asyncio.Future[None] | None = None
        self.is_over = False
        """True once nothing more will come."""
        self.fault: KtyError | None = None
        """Why it broke off, where it did."""

    async def write(self, number: int, data: bytes) -> None:
        """Send bytes on a channel; return once they are on their way. Raises Unreachable."""
        head, view = bytes((number,)), memoryview(data)
        for at in range(0, len(data), PIECE):
            await self.socket.send(b"".join((head, view[at : at + PIECE])))

    async def end(self, number: int) -> None:
        """Say that nothing more will be sent on a channel (v5)."""
        await self.socket.send(bytes((CLOSE, number)))

    async def read(self, number: int, most: int) -> bytes:
        """Return up to `most` bytes of a channel as soon as there are some; none at its end.

        Raises Unreachable where the websocket broke off, after all that came before.
        """
        await self._ready(number)
        waiting = self._waiting.get(number)
        if not waiting:
            if self.fault is not None:
                raise self.fault
            return b""
        data = waiting.popleft()
        if len(data) > most:
            waiting.appendleft(data[most:])
            data = data[:most]
        self._sizes[number] -= len(data)
        self._tell()
        return data

    def drop(self, number: int) -> None:
        """Forget what came on a channel, and all that will come."""
        self._waiting.pop(number, None)
        self._sizes.pop(number, None)
        self._tell()

    async def _ready(self, number: int) -> None:
        """Return once the channel has bytes, or will have none."""
        while not (self._waiting.get(number) or number in self._closed or number not in self._sizes or self.is_over):
            if self._is_taking or any(size >= ROOM for size in self._sizes.values()):
                await self._change()
                continue
            self._is_taking = True
            try:
                await self._take()
            finally:
                self._is_taking = False
                self._tell()

    async def _take(self) -> None:
        try:
            if self._is_last:
                async with asyncio.timeout(LINGER):
                    message = await self.socket.receive()
            else:
                message = await self.socket.receive()
        except (KtyError, TimeoutError) as error:
            self.is_over = True
            self.fault = error if isinstance(error, KtyError) and not self._is_last else None
            return
        if message is None:
            self.is_over = True
        elif len(message) == 2 and message[0] == CLOSE and self.socket.protocol == V5:
            self._closed.add(message[1])
        elif len(message) > 1 and message[0] in self._sizes:
            self._is_last = self._is_last or message[0] == self._last
            self._waiting[message[0]].append(message[1:])
            self._sizes[message[0]] += len(message) - 1

    async def _change(self) -> None:
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._changed)

    def _tell(self) -> None:
        if self._changed is not None:
            self._changed.set_result(None)
            self._changed = None
