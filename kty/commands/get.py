"""`kty get`: objects as tables, documents or names, once or as they change."""

import argparse
from collections.abc import Iterator, Sequence

from kty.commands.documents import FORMS, print_list
from kty.commands.listing import CellsCodec, cells_of, decoded, listed, object_of
from kty.commands.naming import Kinds, Wanted, kind_of, wanted
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.tables import TablePrinter
from kty.commands.target import Target
from kty.commands.watching import Watched, watch
from kty.errors import KtyError, UsageError
from kty.kube import selectors
from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Item, Object
from kty.kube.resource import Resource


async def get(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Print what is asked for. What cannot be had is said, and the rest is printed. Returns the exit status."""
    speaker = Speaker(streams)
    labels = str(selectors.parse(given.selector))
    found = await wanted(given.words, Kinds(target))
    has_names = any(each.names for each in found)
    if has_names and (labels or given.field_selector):
        raise UsageError(
            "names say which objects, and so do -l and --field-selector", hint="leave the one or the other"
        )
    if has_names and given.namespaces is not None and len(given.namespaces) != 1:
        raise UsageError("a name is one of a single namespace", hint="name that one with -n")
    if given.watch:
        if len(found) != 1 or len(found[0].names) > 1:
            raise UsageError("-w follows one kind, or one object", hint="start it once for each")
        fields = _and_name(given.field_selector, found[0].names)
        namespaces = _namespaces(found[0].resource, given.namespaces, target)
        watched = Watched(found[0].resource, namespaces[0], labels, fields, given.output)
        return await watch(watched, target, speaker)
    asking = _Asking(target, speaker, given.namespaces, labels, given.field_selector)
    if given.output in ("", "wide"):
        await _print_tables(found, asking, is_wide=given.output == "wide")
    elif given.output == "name":
        for each in found:
            items = [item for namespace in asking.places(each) for item in await asking.rows(each, namespace)]
            await speaker.write("".join([f"{kind_of(each.resource)}/{speaker.name(one.row.name)}\n" for one in items]))
    else:
        await _print_documents(found, asking, given.output)
    return speaker.status


def _and_name(fields: str, names: Sequence[str]) -> str:
    return ",".join([*filter(None, [fields]), *[f"metadata.name={name}" for name in names]])


def _namespaces(resource: Resource, chosen: Sequence[str] | None, target: Target) -> Sequence[str]:
    """Return the namespaces to look in; an empty one is all of them, or none at all."""
    if not resource.namespaced:
        return ("",)
    return (target.namespace,) if chosen is None else chosen or ("",)


class _Asking:
    """Asks for objects as the command line says; what cannot be had is said, and is as none."""

    def __init__(
        self, target: Target, speaker: Speaker, namespaces: Sequence[str] | None, labels: str, fields: str
    ) -> None:
        self.target = target
        self.speaker = speaker
        self.namespaces = namespaces
        self._labels = labels
        self._fields = fields

    def places(self, one: Wanted) -> Sequence[str]:
        return _namespaces(one.resource, self.namespaces, self.target)

    async def rows(self, one: Wanted, namespace: str, codec: CellsCodec | None = None) -> list[Item]:
        """Return the objects as rows of the server's table, as `codec` reads them."""
        codec = codec or CellsCodec()
        client, resource = self.target.client, one.resource
        try:
            if not one.names:
                return await listed(client, resource, namespace, codec, labels=self._labels, fields=self._fields)
        except KtyError as error:
            await self.speaker.fail(error)
            return []
        items: list[Item] = []
        for name in one.names:
            try:
                items.append(await cells_of(client, resource, namespace, name, codec))
            except KtyError as error:
                await self.speaker.fail(error)
        return items

    async def objects(self, one: Wanted, namespace: str) -> list[Object | bytes]:
        """Return the objects, whole; those of lists as JSON."""
        client, resource = self.target.client, one.resource
        objects: list[Object | bytes] = []
        try:
            if not one.names:
                codec = ObjectCodec()
                items = await listed(client, resource, namespace, codec, labels=self._labels, fields=self._fields)
                return [item.body for item in items]
        except KtyError as error:
            await self.speaker.fail(error)
        for name in one.names:
            try:
                objects.append(await object_of(client, resource, namespace, name))
            except KtyError as error:
                await self.speaker.fail(error)
        return objects


async def _print_tables(found: Sequence[Wanted], asking: _Asking, *, is_wide: bool) -> None:
    speaker, is_first = asking.speaker, True
    has_kinds = len({one.resource for one in found}) > 1
    for one in found:
        has_several = one.resource.namespaced and asking.namespaces is not None and len(asking.namespaces) != 1
        kind = kind_of(one.resource) if has_kinds else ""
        printer = TablePrinter(wide=is_wide, namespaces=has_several, kind=kind)
        items: list[Item] = []
        codec = CellsCodec()
        for namespace in asking.places(one):
            items += await asking.rows(one, namespace, codec)
        if not items:
            continue
        lines = await printer.lines(codec.columns or (), [item.row for item in items], asking.target.clock.now())
        await speaker.write(("" if is_first else "\n") + "\n".join(lines) + "\n")
        is_first = False
    if is_first and not speaker.has_failed:
        await speaker.say(_nothing(found, asking))


def _nothing(found: Sequence[Wanted], asking: _Asking) -> str:
    kinds = ", ".join(dict.fromkeys([one.resource.plural for one in found]))
    if not any(one.resource.namespaced for one in found) or asking.namespaces == ():
        return f"there are no {kinds}"
    where = asking.namespaces or (asking.target.namespace,)
    return f"there are no {kinds} in {', '.join(where)}"


async def _print_documents(found: Sequence[Wanted], asking: _Asking, output: str) -> None:
    form, gathered = FORMS[output], list[tuple[Resource, Object | bytes]]()
    for one in found:
        for namespace in asking.places(one):
            gathered += [(one.resource, obj) for obj in await asking.objects(one, namespace)]
    if len(found) == 1 and len(found[0].names) == 1:
        if gathered and isinstance(obj := gathered[0][1], dict):
            await asking.speaker.write(form.one(obj))
    elif gathered or not asking.speaker.has_failed:
        await print_list(_decoded(gathered), form, asking.speaker.write)


def _decoded(gathered: Sequence[tuple[Resource, Object | bytes]]) -> Iterator[Object]:
    for resource, obj in gathered:
        yield decoded(obj, resource) if isinstance(obj, bytes) else obj
