"""A command whose person is at the other end of a channel."""

import signal
from collections.abc import Callable, Sequence

from kty.commands.performing import run
from kty.commands.target import Target
from kty.errors import KtyError
from kty.ssh.channel_streams import ChannelStreams
from kty.ssh.part import Ended
from kty.text import printable


class RemoteCommand:
    """A `Part` that runs one command to its end."""

    def __init__(self, words: Sequence[str], make_target: Callable[[], Target], streams: ChannelStreams) -> None:
        """`make_target` raises KtyError where there is none for this person."""
        self._words = words
        self._make_target = make_target
        self._streams = streams
        self._said = ""
        self.received = streams.received
        self.input_ended = streams.input_ended
        self.resized = streams.resize
        self.signalled = streams.signal
        self.pause_writing = streams.pause_writing
        self.resume_writing = streams.resume_writing
        self.hang_up = streams.hang_up

    async def run(self) -> Ended:
        try:
            target = self._make_target()
        except KtyError as error:
            return Ended(1, error.sentence())
        return Ended(await run(self._words, target, self._streams), self._said)

    def end(self, said: str) -> None:
        self._said = said
        self._streams.signal(signal.SIGTERM)

    def warn(self, said: str) -> None:
        self._streams.say(f"kty: {printable(said)}".encode())
