"""What one session is for, once its client has said so: a screen, or a command."""

from dataclasses import dataclass
from typing import Protocol

LAST_WORDS = 2.0
"""Seconds that a part may take to end once it was asked to, and a client to read how it did."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a part ended: its exit status, and a sentence for the person where there is something to say."""

    status: int
    said: str = ""


class Part(Protocol):
    """Is told all that happens on the channel of its session, from before `run` until it has ended."""

    async def run(self) -> Ended:
        """Go on until the person leaves it, goes away, or it is ended. Raises nothing but cancellation."""
        ...

    def received(self, data: bytes) -> None:
        """Take what was typed, or came through a pipe."""

    def input_ended(self) -> None:
        """Hear that nothing more will come."""

    def resized(self, columns: int, lines: int) -> None:
        """Hear the new size of the terminal."""

    def signalled(self, number: int) -> None:
        """Hear that the client sent a signal."""

    def pause_writing(self) -> None:
        """Hear that the client takes no more for now; may be told again."""

    def resume_writing(self) -> None:
        """Hear that it does again; may be told again."""

    def end(self, said: str) -> None:
        """End soon, and tell this sentence."""

    def warn(self, said: str) -> None:
        """Tell a sentence, and go on."""

    def hang_up(self) -> None:
        """Hear that the client is gone."""
