"""Print objects of one kind, and then whatever becomes of them."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from kty.commands.documents import FORMS
from kty.commands.listing import CellsCodec, decoded
from kty.commands.naming import kind_of
from kty.commands.speaking import Speaker
from kty.commands.tables import TablePrinter
from kty.commands.target import Target
from kty.errors import UsageError
from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Item, Key
from kty.kube.resource import Resource
from kty.kube.tables import TableCodec
from kty.runtime.events import Applied, Deleted, Event, Interrupted, Listed, Page
from kty.runtime.watcher import watcher
from kty.text import printable


@dataclass(frozen=True, slots=True)
class Watched:
    """What is followed, and how it is printed."""

    resource: Resource
    namespace: str
    """Empty for all of them."""
    labels: str = ""
    fields: str = ""
    output: str = ""
    """What `-o` says."""
    table: Callable[[], TableCodec] = CellsCodec
    """How the server's table is read."""
    order: Callable[[Item], Any] | None = None
    """How what comes at once is sorted."""


async def watch(watched: Watched, target: Target, speaker: Speaker) -> int:
    """Print what is there and then every change, until it is interrupted. Raises KtyError where it cannot begin."""
    resource = watched.resource
    if not resource.is_watchable:
        raise UsageError(f"{printable(resource.plural)} cannot be watched", hint="leave -w out")
    cells, whole = watched.table(), ObjectCodec()
    codec = whole if watched.output in FORMS else cells
    path, labels, fields = resource.path(watched.namespace), watched.labels, watched.fields
    printer = TablePrinter(wide=watched.output == "wide", namespaces=resource.namespaced and not watched.namespace)
    has_printed = False
    stream = watcher(target.client, path, lambda: codec, labels=labels, fields=fields, clock=target.clock)
    async with aclosing(stream) as events:
        async for items in _news(events, speaker):
            if watched.order is not None:
                items = sorted(items, key=watched.order)
            if watched.output in FORMS:
                form = FORMS[watched.output]
                for item in items:
                    await speaker.write((form.divider if has_printed else "") + form.one(decoded(item.body, resource)))
                    has_printed = True
            elif watched.output == "name":
                await speaker.write("".join([f"{kind_of(resource)}/{speaker.name(one.row.name)}\n" for one in items]))
            else:
                lines = await printer.lines(cells.columns or (), [item.row for item in items], target.clock.now())
                await speaker.write("".join([f"{line}\n" for line in lines]))
    return 0


async def _news(events: AsyncIterator[Event], speaker: Speaker) -> AsyncIterator[Sequence[Item]]:
    """Yield what is there, all at once, and then what is new or gone; of a list that is read again what differs."""
    known: dict[Key, Item] = {}
    coming: dict[Key, Item] = {}
    is_known = False
    async for event in events:
        match event:
            case Page(items):
                coming |= {item.row.key: item for item in items}
            case Listed():
                new = [item for key, item in coming.items() if not _is_same(known.get(key), item)]
                gone = [item for key, item in known.items() if key not in coming]
                known, coming, is_known = coming, {}, True
                if new or gone:
                    yield [*gone, *new]
            case Applied(item):
                known[item.row.key] = item
                yield [item]
            case Deleted(item):
                known.pop(item.row.key, None)
                yield [item]
            case Interrupted(error):
                coming = {}
                if not is_known:
                    raise error
                await speaker.say(f"{error.sentence()}; trying again")


def _is_same(known: Item | None, item: Item) -> bool:
    return known is not None and (known.row.uid, known.row.version) == (item.row.uid, item.row.version)
