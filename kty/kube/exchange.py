"""One request on its way to the API server and one answer on its way back: what layers and transports pass on."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from kty.errors import Unreachable
from kty.kube.target import KeyPair


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. Layers pass it on, or a copy in which something is replaced (`dataclasses.replace`)."""

    method: str
    path: str
    """Quoted already."""
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """A name may come several times. Those that are credentials are added beneath every layer but our own."""
    body: bytes | None = field(default=None, repr=False)
    total: float | None = None
    """Seconds until the answer must be complete; None for a stream, which may go on for ever."""
    idle: float | None = None
    """Seconds that may pass without a byte."""
    protocols: tuple[str, ...] = ()
    """The subprotocols of the websocket that this asks for, the best first; none where it asks for no websocket."""
    key_pair: KeyPair | None = field(default=None, repr=False)
    """A client certificate that takes the place of the config's."""

    def header(self, name: str) -> str:
        """Return the first header of this name, whatever its case; empty where there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


class WebSocket(Protocol):
    """Messages to and from the API server. One task may receive; any may send."""

    protocol: str
    """The subprotocol that the server chose; empty where it chose none."""

    async def send(self, data: bytes) -> None:
        """Send a binary message; waits while the server takes none. Raises Unreachable where the connection is over."""
        ...

    async def receive(self) -> bytes | None:
        """Return the next message, or None once the server has said goodbye. Raises Unreachable where it broke off."""
        ...

    def hold_back(self, most: int) -> None:
        """Let the system keep no more than about so many bytes that came and were not received: what a person waits
        for comes behind them. The way from afar carries no more than that in one round trip, then."""
        ...

    async def part(self, *, within: float) -> None:
        """Say goodbye, and read and drop what comes until the server has taken all that was sent and says it, too."""
        ...

    async def close(self, why: Unreachable | None = None) -> None:
        """End it at once: who is waiting raises `why`."""
        ...


class Answer(Protocol):
    """What the server answers: begun, and not read yet. Who gets it closes it, or passes it on."""

    @property
    def status(self) -> int:
        """The HTTP status; 101 where a websocket was opened."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names are found whatever their case."""
        ...

    @property
    def websocket(self) -> WebSocket | None:
        """What was opened, with a status of 101; to be closed by itself."""
        ...

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it comes; the server waits while nobody reads. Raises Unreachable where it breaks off."""
        ...

    def close(self) -> None:
        """Give up what was not read; whoever still reads gets an error."""
        ...


Send: TypeAlias = Callable[[Request], Awaitable[Answer]]
"""What asks, and returns the answer once its headers are there, whatever its status; raises KtyError for none."""
Layer: TypeAlias = Callable[[Send], Send]
"""What is put around a Send: it may change the request, ask again, or look at the answer."""


class Transport(Protocol):
    """What carries requests to one API server, beneath all layers."""

    async def send(self, request: Request) -> Answer:
        """Send a request, as `Send` says. Redirects are answers: following them would carry the credentials along."""
        ...

    async def close(self) -> None:
        """Close every connection for good."""
        ...


def is_error(answer: Answer, request: Request) -> bool:
    """Say whether this is no answer to what was asked: an error, a redirect, a web page that is not from a proxied
    node, pod or service."""
    if answer.status >= 300:
        return True
    is_page = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html"
    return is_page and "proxy" not in request.path.split("?")[0].split("/")
