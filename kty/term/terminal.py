"""One person's terminal: what it is called, how big it is, and who owns its byte stream just now."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from kty.errors import UsageError
from kty.term.transport import Transport

UNKNOWN_SIZE = (80, 24)
"""What to assume of a terminal that does not say how big it is."""
LARGEST_SIZE = (1024, 512)
"""A remote terminal may claim any size; a screen costs memory by its area."""


class Holder(Protocol):
    """Whoever owns the byte stream: the screens of an app, or a shell that was lent it."""

    def received(self, data: bytes) -> None:
        """Take what the person typed, cut anywhere, even within a character."""

    def resized(self, columns: int, lines: int) -> None:
        """Hear the new size."""

    def pause_writing(self) -> None:
        """Hear that the stream takes no more for now; what is sent anyway is queued."""

    def resume_writing(self) -> None:
        """Hear that the stream flows again."""

    def redraw(self) -> None:
        """Hear that somebody else wrote over the terminal and changed its modes."""


class Terminal:
    """Joins a transport and the holder of its byte stream; what comes while nobody holds it is dropped."""

    def __init__(
        self,
        transport: Transport,
        *,
        name: str,
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = UNKNOWN_SIZE,
        remote: bool = False,
    ) -> None:
        self.transport = transport
        self.name = name
        """What the terminal calls itself: its TERM."""
        self.env: Mapping[str, str] = env or {}
        """The person's own environment, as far as it is known; never that of a server."""
        self.size = sane(*size)
        """Columns and lines."""
        self.remote = remote
        """Whether the person sits at another machine, so that no browser and no file may be opened on this one."""
        self.is_aside = False
        """Whether a program of this machine has the terminal just now."""
        self._holder: Holder | None = None
        self._paused = False

    @property
    def is_held(self) -> bool:
        return self._holder is not None

    def hold(self, holder: Holder) -> None:
        """Give the byte stream to `holder`, until it releases it."""
        self._holder = holder
        if self._paused:
            holder.pause_writing()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let a program of this machine have the terminal itself. Raises UsageError where the person sits elsewhere."""
        if self.remote:
            raise UsageError("that needs a terminal on the machine where kty runs")
        with self.transport.aside():
            self.is_aside = True
            try:
                yield
            finally:
                self.is_aside = False

    def release(self, holder: Holder) -> None:
        """Take the byte stream back, if it is still with `holder`."""
        if self._holder is holder:
            self._holder = None

    def send(self, frame: bytes) -> None:
        self.transport.send(frame)

    def received(self, data: bytes) -> None:
        """Hand on what the person typed."""
        if self._holder is not None:
            self._holder.received(data)

    def resized(self, columns: int, lines: int) -> None:
        """Hand on a new size, as often as the person drags the window; one that cannot be is ignored."""
        if columns < 1 or lines < 1:
            return
        size = sane(columns, lines)
        if size == self.size:
            return
        self.size = size
        if self._holder is not None:
            self._holder.resized(*size)

    def pause_writing(self) -> None:
        """Tell the holder to stop: the transport is full."""
        if not self._paused:
            self._paused = True
            if self._holder is not None:
                self._holder.pause_writing()

    def resume_writing(self) -> None:
        """Tell the holder to go on."""
        if self._paused:
            self._paused = False
            if self._holder is not None:
                self._holder.resume_writing()

    def redraw(self) -> None:
        """Tell the holder to set every mode and paint every line again."""
        if self._holder is not None:
            self._holder.redraw()

    def close(self) -> None:
        """Give the byte stream back to where it came from."""
        self._holder = None
        self.transport.close()


def sane(columns: int, lines: int) -> tuple[int, int]:
    """Return the size that a terminal is taken to have which claims this one."""
    if columns < 1 or lines < 1:
        return UNKNOWN_SIZE
    return min(columns, LARGEST_SIZE[0]), min(lines, LARGEST_SIZE[1])
