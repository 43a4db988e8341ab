"""One object, there or not: look, insert, change, and commit; and do it all again where somebody was quicker."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Generic, Protocol, TypeVar, Unpack

import msgspec

from kty.errors import Conflict, NotFound
from kty.kube.grafting import graft
from kty.kube.objects import Object
from kty.kube.parameters import WriteOptions
from kty.kube.shapes import TableRow, is_class, malformed
from kty.kube.writing import plain

K = TypeVar("K")


class _Objects(Protocol):
    """Whole objects of a kind, as dicts: an `Api` of them."""

    async def get_opt(self, name: str, *, version: str = "") -> Object | None: ...
    async def create(self, obj: Object, **options: Unpack[WriteOptions]) -> Object: ...
    async def replace(self, name: str, obj: Object, **options: Unpack[WriteOptions]) -> Object: ...


class Entry(Generic[K]):
    """What is behind one name. Changes are made here, and reach the server with `commit`.

    Nothing is lost by looking at an object through a Struct: what the Struct has no fields for stays as it is.
    """

    def __init__(self, name: str, kind: type[K], objects: _Objects) -> None:
        if is_class(kind, TableRow):
            raise TypeError("the rows of a table cannot be written")
        self.name = name
        self.obj: K | None = None
        """The object with the changes so far, to be changed further; None where there is none yet."""
        self._kind = kind
        self._objects = objects
        self._stored: Object | None = None
        self._steps: list[Callable[[K | None], K | None]] = []
        self._expected: Object | None = None
        """The object as the steps alone make it."""

    @property
    def exists(self) -> bool:
        """True where the server had the object when it was read."""
        return self._stored is not None

    def or_insert(self, make: Callable[[], K]) -> "Entry[K]":
        """Make the object where there is none; its name may be left out."""
        return self._step(lambda obj: make() if obj is None else obj)

    def and_modify(self, change: Callable[[K], K | None]) -> "Entry[K]":
        """Change the object where there is one: in place, or by returning another."""

        def step(obj: K | None) -> K | None:
            if obj is None:
                return None
            changed = change(obj)
            return obj if changed is None else changed

        return self._step(step)

    async def commit(self, *, retries: int = 0, **options: Unpack[WriteOptions]) -> K:
        """Create the object, or replace it if it was changed, and return it as it is then.

        Raises Conflict where somebody else created or changed it meanwhile, NotFound where it was removed. With
        `retries`, it is read anew that many times and the steps (`or_insert`, `and_modify`) are done again; changes
        that were not made in steps cannot be repeated: ValueError. ValueError too where there is nothing to commit.
        """
        if retries and _plain(self.obj) != self._expected:
            raise ValueError("only what and_modify and or_insert do can be repeated")
        while True:
            try:
                return await self._commit(options)
            except (Conflict, NotFound) as error:
                if not retries or (isinstance(error, NotFound) and not self.exists):
                    raise
            retries -= 1
            steps = self._steps
            await self.read()
            for step in steps:
                self._step(step)

    async def read(self) -> None:
        """Forget all changes and read the object anew."""
        self._found(await self._objects.get_opt(self.name))

    async def _commit(self, options: WriteOptions) -> K:
        if self.obj is None:
            raise ValueError(f"{self.name} is not there, and nothing was inserted")
        if self._stored is None:
            content = dict(plain(self.obj))
            content["metadata"] = {**(content.get("metadata") or {}), "name": self.name}
            written = await self._objects.create(content, **options)
        else:
            whole = graft(self._stored, _plain(self._decoded(self._stored)), _plain(self.obj))
            if whole == self._stored:
                return self.obj
            written = await self._objects.replace(self.name, whole, **options)
        if options.get("dry_run"):
            return self._decoded(written)  # it is not so: the next commit begins where this one did
        self._found(written)
        return self.obj

    def _found(self, stored: Object | None) -> None:
        self._stored = stored
        self.obj = None if stored is None else self._decoded(stored)
        self._steps = []
        self._expected = _plain(self.obj)

    def _decoded(self, stored: Object) -> K:
        copy: Any = deepcopy(stored)  # a Struct too would share with `stored` what its fields hold as Any
        try:
            return msgspec.convert(copy, self._kind)
        except msgspec.ValidationError as error:
            raise malformed(msgspec.json.encode(stored), error) from error

    def _step(self, step: Callable[[K | None], K | None]) -> "Entry[K]":
        self._steps.append(step)
        is_as_expected = _plain(self.obj) == self._expected
        self.obj = step(self.obj)
        if is_as_expected:
            self._expected = _plain(self.obj)
        return self


def _plain(obj: object) -> Object | None:
    """Return a copy of an object as a dict."""
    return None if obj is None else deepcopy(plain(obj))
