"""Reads what objects use, out of their bodies: each version of an object once, many of them a little at a time."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

import msgspec

from kty.kube.objects import Key, Object, Row
from kty.runtime.graph import Ref, Surroundings
from kty.runtime.uses import Use, Uses

log = logging.getLogger(__name__)

AT_ONCE = 300
"""Objects that are read while a graph is made, some 30 ms; the others are read before it is made again."""


class _Metadata(TypedDict, total=False):
    """As much as tells what is used: managedFields may be half of an object."""

    name: Any
    namespace: Any
    labels: Any
    annotations: Any
    ownerReferences: Any


_top = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_metadata = msgspec.json.Decoder(_Metadata).decode


def _spec_of(body: bytes) -> Object:
    """Return an object without its status, and without what of its metadata uses nothing."""
    parts = _top(body)
    return {
        name: _metadata(part) if name == "metadata" else msgspec.json.decode(part)
        for name, part in parts.items()
        if name != "status"
    }


class UseReader:
    """What the objects around a graph use, as far as it was read yet."""

    def __init__(self, uses: Mapping[str, Uses]) -> None:
        """`uses` says how, by the kind that uses."""
        self._uses = uses
        self.shared = frozenset().union(*[each.shared for each in uses.values()])
        """The kinds whose users, and whose being used, are told only of what the graph is about."""
        self._read: dict[tuple[str, Key], tuple[str, tuple[Use, ...]]] = {}
        self._alike: dict[tuple[Use, ...], tuple[Use, ...]] = {}
        """What is used by thousands, once."""
        self._unread: dict[tuple[str, Key], str] = {}
        """The versions that are still to be read."""
        self._room = 0

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that use others, or may be used by them."""
        used = [each.kinds or () for each in self._uses.values()]
        return frozenset(self._uses).union(*used)

    def begin(self) -> None:
        """Hear that a graph is made."""
        self._unread.clear()
        self._room = AT_ONCE

    @property
    def is_behind(self) -> bool:
        """Whether there is more to be read by `read_on`."""
        return bool(self._unread)

    def read_on(self, around: Surroundings, seconds: float) -> None:
        """Read for so long what there was no time for while the graph was made."""
        until = time.perf_counter() + seconds
        while self._unread and time.perf_counter() < until:
            (kind, key), version = self._unread.popitem()
            self._look(around, kind, key, version)

    def users_of(self, kind: str) -> list[str]:
        """Return the kinds whose objects may use those of this kind."""
        return [by for by, each in self._uses.items() if each.may_use(kind)]

    def of(self, around: Surroundings, ref: Ref) -> tuple[Use, ...]:
        """Return what an object uses, as far as it is known."""
        how, node = self._uses.get(ref.kind), around.node(ref)
        if how is None or node.resource is None or node.row is None or node.resource.version != how.version:
            return ()
        version = f"{node.row.uid} {node.row.version}"
        found = self._known(ref.kind, ref.key, version)
        return self._look(around, ref.kind, ref.key, version) if found is None else found

    def _known(self, kind: str, key: Key, version: str) -> tuple[Use, ...] | None:
        known = self._read.get((kind, key))
        return known[1] if known is not None and known[0] == version else None

    def _look(self, around: Surroundings, kind: str, key: Key, version: str) -> tuple[Use, ...]:
        resource = around.kinds(kind)
        body = None if resource is None else around.holdings.of(resource).body(key)
        if body is None:
            return self._before(kind, key)
        try:
            found = tuple(self._uses[kind].read(_spec_of(body)))
        except Exception:  # an object that is not what its kind promises uses nothing that could be told
            log.debug("what a %s uses cannot be read", kind, exc_info=True)
            found = ()
        found = self._alike.setdefault(found, found)
        self._read[kind, key] = version, found
        return found

    def _before(self, kind: str, key: Key) -> tuple[Use, ...]:
        known = self._read.get((kind, key))
        return () if known is None else known[1]

    def all_of(self, around: Surroundings, kind: str, namespace: str) -> Iterable[tuple[Key, tuple[Use, ...]]]:
        """Return what each object of a kind uses, as far as it was read; those that use nothing are left out."""
        resource, how = around.kinds(kind), self._uses[kind]
        if resource is None or resource.version != how.version:
            return
        around.wishes.alls[kind] = resource
        holding = around.holdings.of(resource)
        for row in holding.rows_in(namespace):
            found = self._known(kind, row.key, f"{row.uid} {row.version}")
            if found is None:
                found = self._soon(around, kind, row) if holding.whole(row) else self._before(kind, row.key)
            if found:
                yield row.key, found

    def _soon(self, around: Surroundings, kind: str, row: Row) -> tuple[Use, ...]:
        version = f"{row.uid} {row.version}"
        if self._room:
            self._room -= 1
            return self._look(around, kind, row.key, version)
        self._unread[kind, row.key] = version
        return self._before(kind, row.key)
