"""What the kubelet says of a container: its state, its restarts, and the words for them."""

from collections.abc import Iterable
from math import inf
from typing import Any, TypeAlias

from msgspec import Struct, field

from kty.kube.objects import epoch
from kty.views.ages import age, lasts_since
from kty.views.view import Column, Tone


class Waiting(Struct, gc=False):
    reason: str = ""


class Running(Struct, rename="camel", gc=False):
    started_at: str | None = None


class Terminated(Struct, rename="camel", gc=False):
    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    started_at: str | None = None
    finished_at: str | None = None

    def word(self) -> str:
        """Say how it ended: the reason, else the signal, else the exit code."""
        return self.reason or (f"Signal:{self.signal}" if self.signal else f"ExitCode:{self.exit_code}")


class State(Struct, gc=False):
    """At most one of the three is there."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Struct, rename="camel", gc=False):
    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: State = field(default_factory=State)
    last_state: State = field(default_factory=State)

    @property
    def succeeded(self) -> bool:
        return self.state.terminated is not None and self.state.terminated.exit_code == 0


Restarts: TypeAlias = tuple[int, float | None]
"""How often, and when the last run ended (seconds since the epoch), where that is known."""

NEVER: Restarts = (0, None)


def restarts(containers: Iterable[ContainerStatus]) -> Restarts:
    """Return how often these containers were restarted, all together."""
    count, last = 0, ""
    for container in containers:
        count += container.restart_count
        ended = container.last_state.terminated
        if ended is not None and ended.finished_at:
            last = max(last, ended.finished_at)  # all are in UTC and equally long: the later is the greater
    return (count, epoch(last)) if count else NEVER


def show_restarts(value: Any, now: float) -> str:
    if value is None:
        return ""
    count, last = value
    return f"{count} ({age(now - last)} ago)" if last is not None else str(count)


def _tone(value: Any) -> Tone:
    return "warn" if value is not None and value[0] else ""


RESTARTS = Column(
    "Restarts",
    lambda _: NEVER,
    show_restarts,
    order="number",
    compare=lambda value: None if value is None else value[0],
    tone=_tone,
    ticks=True,
    lasts=lambda value, now: inf if value is None else lasts_since(value[1], now),
)
"""Its `get` is for each kind to say."""

_TONES: dict[str, Tone] = {
    "": "",
    "Running": "",
    "Completed": "dim",
    "Succeeded": "dim",
    "Terminating": "dim",
    "ExitCode:0": "dim",
    "Pending": "busy",
    "ContainerCreating": "busy",
    "PodInitializing": "busy",
    "NotReady": "warn",
    "SchedulingGated": "warn",
    "Unknown": "warn",
}


def tone_of(word: str | None) -> Tone:
    """Return the tone of the word for a pod or a container; whatever is not known to be well is a failure."""
    if word is None:
        return ""
    if (tone := _TONES.get(word)) is not None:
        return tone
    step = word.removeprefix("Init:")
    return "busy" if step != word and step[:1].isdigit() else "bad"
