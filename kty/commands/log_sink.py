"""Where the lines of followed logs go: straight to standard output, no more read while it takes none."""

import asyncio
from collections.abc import Sequence

from kty.commands.log_lines import composed
from kty.commands.speaking import Speaker
from kty.errors import KtyError
from kty.runtime.log_follower import LogSource


class PrintingSink:
    """A LogSink. What is not a line is kept until whoever waits for `news` says it."""

    def __init__(self, speaker: Speaker, *, has_prefix: bool, has_times: bool, is_safe: bool) -> None:
        self._speaker = speaker
        self._has_prefix = has_prefix
        self._has_times = has_times
        self._is_safe = is_safe
        self._said: list[str] = []
        self._phases: dict[int, str] = {}
        self.news = asyncio.Event()
        """Set whenever something changed beside the lines."""
        self.failure: BrokenPipeError | KtyError | None = None
        """Why no more can be written; BrokenPipeError where nobody reads any more."""

    async def take(self, source: LogSource, times: list[int], lines: list[bytes]) -> None:
        if self.failure is not None:
            return
        prefix = prefix_of(source.pod, source.container) if self._has_prefix else b""
        text = composed(lines, times=times if self._has_times else (), prefix=prefix, is_safe=self._is_safe)
        try:
            await self._speaker.streams.write(text)
        except (BrokenPipeError, KtyError) as error:  # it is no fault of the log, which would be opened again
            self.failure = error
            self.news.set()

    def note(self, source: LogSource, text: str) -> None:
        self._said.append(text)
        self.news.set()

    def changed(self) -> None:
        self.news.set()

    def said(self, sources: Sequence[LogSource]) -> list[str]:
        """Return what is to be said since this was last asked: notes, and sources that cannot be read (just now)."""
        said, self._said = self._said, []
        for source in sources:
            status = source.status
            before = self._phases.get(source.number)
            self._phases[source.number] = status.phase
            if status.error is not None and status.phase in _TROUBLES and before != status.phase:
                said.append(f"{source.pod}/{source.container}: {status.error.sentence()}{_TROUBLES[status.phase]}")
        return said


_TROUBLES = {"reconnecting": "; trying again", "refused": "; trying again", "ended": ""}


def prefix_of(pod: str, container: str) -> bytes:
    """Return what stands before the lines of a container."""
    return f"[{pod}/{container}] ".encode()
