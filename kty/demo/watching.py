"""Watches: what happens to the objects of a kind from a version on, as lines of JSON.

A watch holds a version, not a queue: it reads the shared journal at the speed of whoever listens. Where the journal
has forgotten what it would read next, it ends; whoever comes back for that version is told 410.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from kty.demo import routes, selection
from kty.demo.journal import Change, Held
from kty.demo.kinds import Kind
from kty.demo.listing import number_of_version, whole_number
from kty.demo.racing import racing
from kty.demo.selection import Selection
from kty.demo.statuses import ApiError, gone, invalid_options
from kty.demo.store import decode, encode
from kty.demo.tables import Encoder
from kty.demo.validation.faults import Faults

if TYPE_CHECKING:
    from kty.demo.demo import Demo

BOOKMARKS_EVERY: Final = 60.0
"""Seconds."""
_BEFORE_THE_END: Final = 2.0
"""Seconds before a watch ends by itself at which it says how far it came."""
_SHORTEST: Final = 1800
"""Seconds that a watch lasts at least, where it does not say how long; twice that at most."""
_AT_ONCE: Final = 1 << 18
"""Bytes after which lines go out before more are made."""
_ENDS_LIST: Final = {"k8s.io/initial-events-end": "true"}


@dataclass
class Watch:
    """One watch. `lines()` ends when its time is over, its kind is gone, or the journal has moved on without it."""

    demo: "Demo"
    kind: Kind
    wanted: Selection
    encoder: Encoder
    since: int | None
    """The version after which changes are told; None: tell what there is first."""
    seconds: float
    has_bookmarks: bool = False
    marks_end: bool = False
    """Say when everything that was there is told."""
    _defines: bool = field(default=True, init=False)
    """Tables tell their columns once."""

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield one or more whole lines at a time."""
        store, clock = self.demo.registry.store, self.demo.clock
        at = store.version if self.since is None else self.since
        if store.journal.since(self.kind.id, at) is None:
            yield self._too_old(at)
            return
        if self.since is None:
            for chunk in _chunks(self._initial()):
                yield chunk
            if self.marks_end:
                yield self._bookmark(at, _ENDS_LIST)
        started = clock.monotonic()
        marks = self._marks(started)
        with self.demo.pulses.of(self.kind.id) as pulse:
            while (changes := store.journal.since(self.kind.id, at)) is not None:
                pulse.clear()
                at = max(at, store.version)
                for chunk in _chunks(self._told(changes)):
                    yield chunk
                if pulse.is_set():
                    continue
                now = clock.monotonic()
                if now >= started + self.seconds or not self._is_served():
                    return
                if now >= marks[0]:
                    yield self._bookmark(at)
                marks = [mark for mark in marks if mark > now]
                async with racing(pulse.wait(), clock.sleep(max(marks[0] - now, 0.0))):
                    pass

    def _marks(self, started: float) -> list[float]:
        """Return the times at which to wake up without a change: those of bookmarks, and the end."""
        last = started + self.seconds
        marks: list[float] = []
        if self.has_bookmarks:
            count = int((self.seconds - _BEFORE_THE_END) / BOOKMARKS_EVERY)
            marks = [started + BOOKMARKS_EVERY * number for number in range(1, count + 1)]
            marks += [last - _BEFORE_THE_END] if self.seconds > _BEFORE_THE_END else []
        return [*marks, last]

    def _is_served(self) -> bool:
        resource = self.kind.resource
        return self.demo.kinds.at(resource.group, resource.version, resource.plural) is self.kind

    def _initial(self) -> Iterable[bytes]:
        for held in self.demo.registry.store.held(self.kind.id, self.wanted.namespace):
            if self.wanted.matches(held):
                yield self._line("ADDED", held)

    def _told(self, changes: list[Change]) -> Iterable[bytes]:
        for change in changes:
            is_in = change.type != "DELETED" and self.wanted.matches(change.held)
            was_in = change.was is not None and self.wanted.matches(change.was)
            if is_in:
                yield self._line("MODIFIED" if was_in else "ADDED", change.held)
            elif was_in and change.was is not None:
                left = change.held if change.type == "DELETED" else _at_version(change.was, change.version)
                yield self._line("DELETED", left)

    def _line(self, what: str, held: Held) -> bytes:
        obj = self.encoder.one(held.body, defines=self._defines)
        self._defines = False
        return b'{"type":"' + what.encode() + b'","object":' + obj + b"}\n"

    def _bookmark(self, version: int, annotations: Mapping[str, str] | None = None) -> bytes:
        meta = {"resourceVersion": str(version), **({"annotations": annotations} if annotations else {})}
        body = encode({"metadata": meta})
        obj = self.encoder.one(body, defines=self._defines, version=str(version), sign=True)
        self._defines = False
        return b'{"type":"BOOKMARK","object":' + obj + b"}\n"

    def _too_old(self, version: int) -> bytes:
        error = gone(f"too old resource version: {version} ({self.demo.registry.store.journal.compacted})")
        return b'{"type":"ERROR","object":' + encode(error.status()) + b"}\n"


def watch(demo: "Demo", kind: Kind, namespace: str, query: Mapping[str, str], encoder: Encoder) -> Watch:
    """Read what is to be watched. Raises ApiError 400 and 422."""
    _refuse(query)
    wanted = selection.read(kind, namespace, query)
    version = _version(query)
    initial = query.get("sendInitialEvents")
    has_bookmarks = routes.is_true(query.get("allowWatchBookmarks"))
    seconds = max(whole_number(query.get("timeoutSeconds", "")) or 0, 0)
    return Watch(
        demo,
        kind,
        wanted,
        encoder,
        since=None
        if initial == "true" or (not version and initial is None)
        else version or demo.registry.store.version,
        seconds=float(seconds or _SHORTEST * (1 + demo.clock.random())),
        has_bookmarks=has_bookmarks,
        marks_end=has_bookmarks and initial == "true",
    )


def _version(query: Mapping[str, str]) -> int:
    try:
        return number_of_version(query.get("resourceVersion", ""))
    except ApiError as error:  # the server takes its own mistake for one of its inside
        raise ApiError(500, "", error.message.partition(": ")[2]) from error


def _refuse(query: Mapping[str, str]) -> None:
    match, has_initial = query.get("resourceVersionMatch", ""), "sendInitialEvents" in query
    faults, field = Faults(), "resourceVersionMatch"
    if has_initial and match != "NotOlderThan":
        faults.forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    if match and not has_initial:
        faults.forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    if match and match != "NotOlderThan":
        faults.unsupported(field, match, ("NotOlderThan",))
    if faults.causes:
        raise invalid_options("ListOptions", faults.causes)


def _chunks(lines: Iterable[bytes]) -> Iterable[bytes]:
    """Join lines so far as they are small."""
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if size >= _AT_ONCE:
            yield b"".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield b"".join(chunk)


def _at_version(held: Held, version: int) -> Held:
    """Return what left a selection: as it was, with the version in which it left."""
    obj = decode(held.body)
    obj["metadata"]["resourceVersion"] = str(version)
    return replace(held, version=version, body=encode(obj))
