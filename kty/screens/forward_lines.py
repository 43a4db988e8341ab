"""Forwarded ports as the lines of a table."""

from collections.abc import Callable, Hashable, Sequence

from kty.runtime.forward import Forward
from kty.runtime.forward_choice import Standing
from kty.runtime.forwards import Forwards
from kty.text import printable
from kty.views.ages import age
from kty.views.quantities import in_bytes
from kty.views.view import Tone
from kty.widgets.lines import Heading, Line, OneByOne

_TONES: dict[Standing, Tone] = {"ready": "good", "waiting": "busy", "stale": "warn", "refused": "bad"}
_HEADINGS = (
    Heading("Local"),
    Heading("Target"),
    Heading("Port"),
    Heading("State"),
    Heading("Open", right=True),
    Heading("Total", right=True),
    Heading("Failed", right=True),
    Heading("Sent", right=True),
    Heading("Received", right=True),
    Heading("Sent/s", right=True),
    Heading("Received/s", right=True),
    Heading("Pod"),
    Heading("Namespace"),
    Heading("Last Error", sentence=True),
)
_CONTEXT = Heading("Context")


class ForwardLines(OneByOne):
    """One line for each forward, in the order in which they were started."""

    def __init__(self, forwards: Forwards, now: Callable[[], float], context: str) -> None:
        """`now` is the wall clock; the context is named where some lead into another one than this."""
        self._forwards = forwards
        self._now = now
        self._context = context
        self._shown: list[Forward] = []
        self._names_context = False
        self.update()

    def update(self) -> None:
        """Take in which forwards there are."""
        self._shown = [*self._forwards]
        self._names_context = any(each.context != self._context for each in self._shown)

    @property
    def headings(self) -> Sequence[Heading]:
        return (*_HEADINGS[:-1], _CONTEXT, _HEADINGS[-1]) if self._names_context else _HEADINGS

    def __len__(self) -> int:
        return len(self._shown)

    def key(self, index: int, /) -> Hashable:
        return self._shown[index]

    def index(self, key: Hashable, /) -> int | None:
        return self._shown.index(key) if isinstance(key, Forward) and key in self._shown else None

    def line(self, index: int, /) -> Line:
        forward = self._shown[index]
        sent, received = forward.traffic.rate
        cells = [
            local(forward),
            str(forward.target),
            str(forward.port),
            forward.standing,
            str(forward.open),
            str(forward.total),
            str(forward.failures),
            in_bytes(forward.traffic.sent, 0),
            in_bytes(forward.traffic.received, 0),
            in_bytes(round(sent), 0),
            in_bytes(round(received), 0),
            forward.pod,
            forward.target.namespace,
        ]
        tones: list[str] = [""] * len(cells)
        tones[3] = _TONES[forward.standing]
        tones[6] = "warn" if forward.failures else ""
        if self._names_context:
            cells.append(forward.context)
            tones.append("")
        return Line(tuple(map(printable, (*cells, last_error(forward, self._now())))), (*tones, "warn"))


def local(forward: Forward) -> str:
    """Return where a forward is reached, as a program takes it."""
    host, port = forward.address
    return f"{host}:{port}"


def last_error(forward: Forward, now: float) -> str:
    """Say what failed last, and how long ago; empty where nothing did."""
    return f"{forward.error.sentence()} ({age(now - forward.failed_at)} ago)" if forward.error else ""
