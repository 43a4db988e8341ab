"""`kty events`: what happened, the newest last."""

import argparse
from collections.abc import Sequence

import msgspec

from kty.commands.documents import FORMS, print_list
from kty.commands.listing import decoded, listed
from kty.commands.naming import Kinds, kind_of, named
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.tables import TablePrinter
from kty.commands.target import Target
from kty.commands.watching import Watched, watch
from kty.errors import KtyError, UsageError
from kty.kube import kinds
from kty.kube.objects import Item
from kty.kube.tables import TableCodec
from kty.views.events import Event, last_seen
from kty.views.involved import events_about

_EVENTS = kinds.Event.resource


async def events(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Print events; with -w, go on with those that come. Returns the exit status. Raises KtyError."""
    speaker = Speaker(streams)
    namespaces, fields = await _scope(given, target)
    if given.watch:
        order = None if given.output in FORMS else _seen
        watched = Watched(_EVENTS, namespaces[0], "", fields, given.output, table=TableCodec, order=order)
        return await watch(watched, target, speaker)
    codec = TableCodec()
    items: list[Item] = []
    for namespace in namespaces:
        try:
            items += await listed(target.client, _EVENTS, namespace, codec, fields=fields)
        except KtyError as error:
            await speaker.fail(error)
    items.sort(key=_seen)
    if given.output in FORMS:
        if items or not speaker.has_failed:
            await print_list((decoded(item.body, _EVENTS) for item in items), FORMS[given.output], speaker.write)
    elif given.output == "name":
        await speaker.write("".join([f"{kind_of(_EVENTS)}/{speaker.name(item.row.name)}\n" for item in items]))
    elif items:
        printer = TablePrinter(wide=given.output == "wide", namespaces=len(namespaces) > 1 or not namespaces[0])
        lines = await printer.lines(codec.columns or (), [item.row for item in items], target.clock.now())
        await speaker.write("\n".join(lines) + "\n")
    elif not speaker.has_failed:
        await speaker.say(_nothing(given, namespaces))
    return speaker.status


async def _scope(given: argparse.Namespace, target: Target) -> tuple[Sequence[str], str]:
    """Return the namespaces to look in (an empty one is all of them), and the fields that events must have."""
    if not given.words:
        return ((target.namespace,) if given.namespaces is None else given.namespaces or ("",)), ""
    found = await named(given.words, Kinds(target))
    if len(found) != 1 or len(found[0].names) != 1:
        raise UsageError("these are several objects", hint="ask for the events of one, or of all")
    resource, name = found[0].resource, found[0].names[0]
    if not resource.namespaced:
        return ("",), events_about(resource, ("", name)).selector
    namespaces = (target.namespace,) if given.namespaces is None else given.namespaces
    if len(namespaces) != 1:
        raise UsageError("an object is in a single namespace", hint="name that one with -n")
    return namespaces, events_about(resource, (namespaces[0], name)).selector


def _seen(item: Item) -> float:
    """Return when an event was seen last; of an odd one, when it was written."""
    try:
        seen = last_seen(msgspec.json.decode(item.body, type=Event))
    except msgspec.MsgspecError:
        seen = None
    return seen or item.row.created or 0.0


def _nothing(given: argparse.Namespace, namespaces: Sequence[str]) -> str:
    about = f" about {'/'.join(given.words)}" if given.words else ""
    where = f" in {', '.join(namespaces)}" if namespaces[0] else ""
    return f"there are no events{about}{where}"
