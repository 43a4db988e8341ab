"""From the names of objects to the pods whose logs are meant."""

import dataclasses
from collections.abc import AsyncIterator

from msgspec import structs

from kty.errors import UsageError
from kty.kube.api import Api
from kty.kube.client import Client
from kty.kube.objects import Object
from kty.screens.session import Namespaces
from kty.text import printable
from kty.views.log_command import Named, ShowLogs
from kty.views.logs import logs_of, logs_together
from kty.views.registry import view_of
from kty.views.view import Logs


async def found(asked: ShowLogs, client: Client, shown: Namespaces) -> ShowLogs:
    """Return the same with the pods of the objects that were named, as these are now.

    `shown` are the namespaces where to look if none were named; none for all of them. Raises UsageError for an object
    that is not there, or has no pods, and what the Api raises.
    """
    lists = [asked.logs.pods, *asked.logs.more]
    named = tuple([each.namespace for each in lists if each.namespace is not None])
    namespaces = shown if not named else () if "" in named else named
    several: list[Logs] = []
    for each in asked.of:
        objects = [obj async for obj in _called(each, client, namespaces)]
        if not objects:
            raise _missing(each, namespaces)
        opened = [logs_of(view_of(each.resource).opens(obj)) for obj in objects]
        if not any(opened):
            raise UsageError(f"no pods belong to {printable(each.shown)}, so there are no logs")
        several += filter(None, opened)
    together = logs_together(several, ", ".join(dict.fromkeys([each.shown for each in asked.of])))
    return dataclasses.replace(asked, logs=structs.replace(asked.logs, pods=together.pods, more=together.more), of=())


async def _called(named: Named, client: Client, namespaces: Namespaces) -> AsyncIterator[Object]:
    """Yield the objects of this name."""
    resource, name = named.resource, named.name
    if resource.namespaced and not namespaces:
        for obj in (await Api(client, resource).list(fields=f"metadata.name={name}")).items:
            yield obj
        return
    for namespace in (namespaces if resource.namespaced else ()) or ("",):
        if (one := await Api(client, resource, namespace).get_opt(name)) is not None:
            yield one


def _missing(named: Named, namespaces: Namespaces) -> UsageError:
    if not named.resource.namespaced:
        return UsageError(f"there is no {printable(named.shown)}")
    where = ", ".join(map(printable, namespaces))
    hint = "-n all looks everywhere" if where else ""
    return UsageError(f"there is no {printable(named.shown)} in {where or 'any namespace'}", hint=hint)
