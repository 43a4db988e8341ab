"""What every command prints with: text on standard output, and one sentence at a time on standard error."""

from kty.commands.streams import Streams
from kty.errors import KtyError
from kty.text import printable


class Speaker:
    """Writes text to somebody's streams."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self.has_failed = False
        """Whether something was said to have gone wrong, so that the command has failed though it went on."""

    async def write(self, text: str) -> None:
        """Print text that is printable already."""
        await self.streams.write(text.encode("utf-8", "backslashreplace"))

    async def say(self, sentence: str) -> None:
        """Say something beside what was asked for."""
        await self.streams.complain(f"kty: {printable(sentence)}\n".encode())

    async def fail(self, error: KtyError) -> None:
        """Say what went wrong with a part, and go on with the rest."""
        self.has_failed = True
        await self.say(error.sentence())

    def name(self, text: str) -> str:
        """Return a name as it can be printed here: as it is for a program, without anything that terminals obey."""
        return printable(text) if self.streams.is_watched else text

    @property
    def status(self) -> int:
        return 1 if self.has_failed else 0
