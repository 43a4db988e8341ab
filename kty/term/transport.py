"""What a terminal needs of the byte stream that carries it."""

from typing import Protocol


class Transport(Protocol):
    """Carries bytes to a person's terminal, be it a tty, an SSH channel or a list in a test."""

    def send(self, frame: bytes) -> None:
        """Take one whole frame without waiting; a stream that is gone takes it silently."""

    def close(self) -> None:
        """Give the stream back; nothing is sent after it."""
