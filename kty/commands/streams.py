"""Where the bytes of a command come from and go to: the seam between what it does and where its person sits."""

from contextlib import AbstractContextManager
from typing import Protocol


class Streams(Protocol):
    """The three streams of one command, the terminal that they may lead to, and what interrupts it.

    At this machine they are those of the process (`kty.term.stdio`), elsewhere a channel.
    """

    @property
    def term(self) -> str:
        """What the person's terminal calls itself (TERM); empty where it is not known."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the terminal."""
        ...

    @property
    def reads_terminal(self) -> bool:
        """Whether what is read is typed by a person."""
        ...

    @property
    def writes_terminal(self) -> bool:
        """Whether a terminal shows what is written."""
        ...

    @property
    def is_watched(self) -> bool:
        """Whether a terminal may show what is written, so that it must be told nothing."""
        ...

    async def read(self) -> bytes:
        """Return some bytes of standard input as soon as there are any; none at its end, however often."""
        ...

    async def write(self, data: bytes) -> None:
        """Write to standard output; waits while nobody takes it. Raises BrokenPipeError once nobody ever will."""
        ...

    async def complain(self, data: bytes) -> None:
        """Write to standard error, as far as anybody reads it."""
        ...

    async def resized(self) -> tuple[int, int]:
        """Wait until the terminal has another size, and return it."""
        ...

    async def signalled(self) -> int:
        """Wait for a signal that is to end the command, and return its number."""
        ...

    def raw(self) -> AbstractContextManager[None]:
        """Hand on every key as it is typed, and bytes to the terminal as they are written, while this lasts."""
        ...
