"""Roll out anew, look how far it is, hold it, let it go on, and go back: for deployments and the like.

The words and rules are kubectl's (`kubectl rollout`, pkg/polymorphichelpers).
"""

from asyncio import sleep
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from random import uniform
from typing import TypeAlias

from kty.errors import (
    Expired,
    NotFound,
    ServerFault,
    StatusError,
    TooManyRequests,
    Unfinished,
    Unreachable,
    Untrusted,
)
from kty.kube.api import Api
from kty.kube.changes import Added, Deleted, Modified
from kty.kube.client import Client
from kty.kube.connection import Connection
from kty.kube.kinds import DaemonSet, Deployment, StatefulSet, Workload
from kty.kube.objects import Object
from kty.kube.patches import Json, Patch, Strategic
from kty.kube.revisions import Revision, revisions
from kty.kube.rolling import Rollout, progress

RESTARTED = "kubectl.kubernetes.io/restartedAt"
"""The annotation of the pod template whose change makes all pods anew."""
FIRST = 0.8
"""Seconds at least until a watch that broke, or told nothing, is opened anew; twice as many each time."""
LONGEST = 30.0
"""Seconds at most, unless the server asks for more."""
_KEPT = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "deployment.kubernetes.io/revision",
        "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas",
        "deployment.kubernetes.io/max-replicas",
        "deprecated.deployment.rollback.to",
    }
)
"""Annotations of a deployment that going back does not change."""

Kind: TypeAlias = type[Deployment] | type[DaemonSet] | type[StatefulSet]
"""What can be rolled out."""


async def restart(client: Connection, kind: Kind, namespace: str, name: str, *, dry_run: bool = False) -> Workload:
    """Make all pods anew, a few at a time. Raises Unfinished for a deployment that is paused."""
    api = _api(client, kind, namespace)
    found = await api.get(name)
    if found.spec and found.spec.paused:
        raise Unfinished(f"{name} is paused, so it cannot be restarted", hint="resume it first")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    template = {"metadata": {"annotations": {RESTARTED: now}}}
    return await api.patch(name, Strategic({"spec": {"template": template}}), dry_run=dry_run)


async def pause(client: Connection, namespace: str, name: str) -> Deployment:
    """Let changes of a deployment's template wait. What is paused already stays as it is."""
    return await Api.of(client, Deployment, namespace).patch(name, Strategic({"spec": {"paused": True}}))


async def resume(client: Connection, namespace: str, name: str) -> Deployment:
    """Roll out what a paused deployment held back."""
    return await Api.of(client, Deployment, namespace).patch(name, Strategic({"spec": {"paused": None}}))


async def status(client: Connection, kind: Kind, namespace: str, name: str) -> Rollout:
    """Return how far the rollout is. Raises Unfinished where it passed its deadline."""
    return progress(await _api(client, kind, namespace).get(name))


async def follow(
    client: Connection, kind: Kind, namespace: str, name: str, *, revision: int = 0
) -> AsyncGenerator[Rollout, None]:
    """Yield how far the rollout is whenever that changes, and end with the one that is done.

    Raises Unfinished where it passes its deadline, where a deployment's `revision` is no longer the one that is
    asked for, and NotFound where the object is removed. Once the object was seen, a server that is away or busy is
    waited for.
    """
    told = None
    async with aclosing(_states(client, _api(client, kind, namespace), name)) as states:
        async for state in states:
            _still(state, revision)
            now = progress(state)
            if now != told:
                yield now
            told = now
            if now.is_done:
                return


async def _states(client: Connection, api: Api[Workload], name: str) -> AsyncGenerator[Workload, None]:
    """Yield an object as it is and as it becomes. A watch that broke is opened anew, after a while."""
    pause, is_known = FIRST, False
    while True:
        at_least, is_fruitless = 0.0, True
        try:
            found = await api.get(name)
            is_known = True
            yield found
            changes = api.watch(version=found.metadata.resource_version, fields=f"metadata.name={name}")
            async with aclosing(changes):
                async for change in changes:
                    pause, is_fruitless = FIRST, False
                    match change:
                        case Added(obj) | Modified(obj):
                            yield obj
                        case Deleted():
                            raise NotFound(f"{name} was removed while it was rolled out", code=404)
        except Expired:
            pass
        except (Unreachable, ServerFault, TooManyRequests) as error:
            is_closed = isinstance(client, Client) and client.is_closed
            if not is_known or is_closed or isinstance(error, Untrusted):
                raise
            is_fruitless = True
            at_least = (error.retry_after or 0.0) if isinstance(error, StatusError) else 0.0
        if is_fruitless:
            await sleep(max(pause * uniform(1.0, 2.0), at_least))  # noqa: S311 - keeps no secret
            pause = min(pause * 2, LONGEST / 2)


def _still(state: Workload, revision: int) -> None:
    now = state.metadata.annotations.get("deployment.kubernetes.io/revision", "")
    if revision and now and now != str(revision):
        raise Unfinished(f"{state.name} is at revision {now} by now, and not at {revision}")


async def undo(
    client: Connection, kind: Kind, namespace: str, name: str, *, to: int = 0, dry_run: bool = False
) -> Workload:
    """Go back to revision `to`, or to the one before the present one; return the object as it is then.

    Raises Unfinished where there is no such revision, and for a deployment that is paused. Nothing is changed where
    the template is that one already.
    """
    api = _api(client, kind, namespace)
    found = await api.get(name)
    if found.spec and found.spec.paused:
        raise Unfinished(f"{name} is paused, so it cannot go back", hint="resume it first")
    past = await revisions(client, found)
    return await api.patch(name, _back_to(kind, found, _chosen(name, past, to)), dry_run=dry_run)


def _chosen(name: str, past: list[Revision], to: int) -> Revision:
    """Return the revision of this number, or for 0 the last but one."""
    if to:
        for each in past:
            if each.number == to:
                return each
        known = ", ".join(str(each.number) for each in past) or "none"
        raise Unfinished(f"{name} has no revision {to}", hint=f"there are: {known}")
    if len(past) < 2:
        raise Unfinished(f"{name} has no revision to go back to")
    return past[-2]


def _back_to(kind: Kind, found: Workload, revision: Revision) -> Patch:
    """Return what makes an object as it was: a deployment's template and annotations, or the patch that was kept."""
    if kind is not Deployment:
        return Strategic(revision.content)
    own = {key: value for key, value in found.metadata.annotations.items() if key in _KEPT}
    annotations: Object = {**{key: value for key, value in revision.annotations.items() if key not in _KEPT}, **own}
    return Json(
        [
            {"op": "replace", "path": "/spec/template", "value": revision.content["spec"]["template"]},
            {"op": "add", "path": "/metadata/annotations", "value": annotations},
        ]
    )


def _api(client: Connection, kind: Kind, namespace: str) -> Api[Workload]:
    workload: type[Workload] = kind
    return Api(client, kind.resource, namespace, kind=workload)
