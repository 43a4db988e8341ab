"""What a server said of its kinds, kept on disk: asked again at once, it need not say it twice."""

import asyncio
import hashlib
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
from msgspec import Struct

from kty.drafts import whole
from kty.kube.groups import AGGREGATED, is_aggregated
from kty.kube.tagged import Tagged
from kty.kube.target import Config
from kty.settings import cache_directory

MOST_BYTES = 1 << 25
"""A larger file is none of ours."""


class Revalidates(Protocol):
    """What is asked of a client here."""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes: ...

    async def revalidate(
        self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None
    ) -> Tagged | None: ...


class _Answer(Struct):
    tag: str
    body: msgspec.Raw


class KeptDiscovery:
    """Stands before a client in `discover`: `await discover(KeptDiscovery(client, kept_path(client.config)))`.

    The server is asked in any case, and whatever it says is true; where that is what the file holds (by its ETag,
    which the aggregated form has), it says no more than so. What is read from the file goes the way of an answer:
    it is parsed and nothing else. A file that is broken, too large or somebody else's is as none, and what cannot
    be written is not kept.
    """

    def __init__(self, client: Revalidates, path: Path | None) -> None:
        self._client = client
        self._path = path
        self._answers: dict[str, _Answer] | None = None
        self.is_tagged = True
        """Whether all that the server said came with an ETag: without one it says everything anew each time."""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        """Ask the client, or only whether the answer at hand is still true. Raises KtyError as the client does."""
        if method != "GET" or (headers or {}).get("Accept") != AGGREGATED:
            self.is_tagged = self.is_tagged and method != "GET"
            return await self._client.request(method, path, headers=headers, body=body)
        if self._answers is None:
            self._answers = _read(self._path) if self._path else {}
        known = self._answers.get(path)
        answer = await self._client.revalidate(path, tag=known.tag if known else "", headers=headers)
        if answer is None:
            return bytes(known.body) if known else b""
        if answer.tag and is_aggregated(answer.body):
            self._answers[path] = _Answer(answer.tag, msgspec.Raw(answer.body))
            if self._path:
                _write(self._path, self._answers)
        else:
            self.is_tagged = False
        return answer.body

    async def is_current(self) -> bool:
        """Ask whether all that the server said still holds; False where it does not say. Raises KtyError."""
        if not self._answers or not self.is_tagged:
            return False
        asked = [
            self._client.revalidate(path, tag=answer.tag, headers={"Accept": AGGREGATED})
            for path, answer in self._answers.items()
        ]
        return all(answer is None for answer in await asyncio.gather(*asked))


def kept_path(config: Config) -> Path | None:
    """Return the file for what this server says to this identity; None where there is no home for it.

    Its name tells the server and who asks by a digest of their names alone: of no proof, such as a token.
    """
    who = config.impersonate
    names = (config.server, config.tls.server_name, config.user, who.user, who.uid, who.groups, who.extra)
    digest = hashlib.sha256(repr(names).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        return cache_directory() / f"discovery-{digest[:32]}.json"
    except OSError:
        return None


def _read(path: Path) -> dict[str, _Answer]:
    """Return what the file holds that can be parsed; nothing where it is not a file of our own."""
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_size > MOST_BYTES:
                return {}
            answers = msgspec.json.decode(file.read(MOST_BYTES), type=dict[str, _Answer])
        return {
            each: answer
            for each, answer in answers.items()
            if is_aggregated(bytes(answer.body)) and _is_tag(answer.tag)
        }
    return {}


def _is_tag(tag: str) -> bool:
    """Say whether this can be sent in a header."""
    return tag.isascii() and tag.isprintable()


def _write(path: Path, answers: Mapping[str, _Answer]) -> None:
    """Write the file in one step, for its owner's eyes only."""
    with suppress(OSError):
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
        with whole(path) as file:
            file.write(msgspec.json.encode(answers))
