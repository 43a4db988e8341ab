"""What a terminal needs of the byte stream that carries it."""

from contextlib import AbstractContextManager
from typing import Protocol


class Transport(Protocol):
    """Carries bytes to a person's terminal, be it a tty, an SSH channel or a list in a test."""

    server: tuple[str, int] | None
    """Address and port of this machine to which somebody came who sits at another; None where nobody did."""

    def send(self, frame: bytes) -> None:
        """Take one whole frame without waiting; a stream that is gone takes it silently."""

    def aside(self) -> AbstractContextManager[None]:
        """Let a program of this machine have the terminal itself. Raises UsageError where it is none of this one's."""

    def close(self) -> None:
        """Give the stream back; nothing is sent after it."""
