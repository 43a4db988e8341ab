"""`kty describe`: objects in words, with what belongs to them and the events about them."""

import argparse

from kty.commands.listing import decoded, listed, object_of
from kty.commands.naming import Kinds, named
from kty.commands.speaking import Speaker
from kty.commands.streams import Streams
from kty.commands.target import Target
from kty.errors import KtyError
from kty.kube.kinds import Event
from kty.kube.resource import Resource
from kty.views.describe import described, describer_of, needs_of
from kty.views.describe.happenings import events_section
from kty.views.describing import Description, Found, Need
from kty.views.involved import events_about
from kty.views.laid_out import UNBROKEN, Layout, as_text
from kty.views.registry import view_of
from kty.views.said import text


async def describe(given: argparse.Namespace, target: Target, streams: Streams) -> int:
    """Print each description; those that cannot be had are said, and the rest is printed. Returns the exit status."""
    speaker = Speaker(streams)
    is_first = True
    for each in await named(given.words, Kinds(target)):
        namespace = (given.namespace or target.namespace) if each.resource.namespaced else ""
        for name in each.names:
            try:
                description = await _description(each.resource, namespace, name, target)
            except KtyError as error:
                await speaker.fail(error)
                continue
            width = streams.size[0] if streams.writes_terminal else UNBROKEN
            said = as_text(Layout().lines(description, width=width, now=target.clock.now()))
            await speaker.write(("" if is_first else "\n\n") + said + "\n")
            is_first = False
    return speaker.status


async def _description(resource: Resource, namespace: str, name: str, target: Target) -> Description:
    obj = await object_of(target.client, resource, namespace, name)
    describer = describer_of(resource)
    beside = {need: await _found(wanted, target) for need, wanted in needs_of(describer, obj).items()}
    about = events_about(resource, (namespace, name), text(obj, "metadata", "uid"))
    events = await _found(Need(Event.resource, about.namespace, fields=about.selector), target)
    return (*described(describer, obj, beside), events_section(events))


async def _found(need: Need, target: Target) -> Found:
    codec = (need.codec or view_of(need.resource).new_codec)()
    try:
        items = await listed(
            target.client, need.resource, need.namespace, codec, labels=need.labels, fields=need.fields
        )
    except KtyError as error:
        return Found(trouble=error.sentence())
    return Found([decoded(item.body, need.resource) for item in items if need.picks(item.row)], is_complete=True)
