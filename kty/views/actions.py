"""What can be done to an object: each action says what will happen before, and what happened after."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from kty.kube.client import Client
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.said import field, text


class Target(Struct, frozen=True):
    """The object that something is done to."""

    resource: Resource
    obj: Object
    """As it is now, decoded."""

    @property
    def namespace(self) -> str:
        return text(self.obj, "metadata", "namespace")

    @property
    def name(self) -> str:
        return text(self.obj, "metadata", "name")

    @property
    def uid(self) -> str:
        return text(self.obj, "metadata", "uid")

    def __str__(self) -> str:
        kind = self.resource.kind.lower()
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


AT_ONCE = 10
"""Objects that something is done to at the same time."""


def counted(targets: Sequence[Target]) -> str:
    """Return how many there are, and of what: `3 pods`."""
    resource = targets[0].resource
    return f"{len(targets):,} {resource.kind.lower() if len(targets) == 1 else resource.plural}"


Runs: TypeAlias = Callable[[Client, Target, str], AsyncGenerator[str, None]]
"""Does it, and tells how it goes, in a few words; the last of them say what was done.

The text is what was asked for, empty where nothing was.
"""


def always(target: Target) -> str:
    return ""


class Action(Struct, frozen=True):
    """One thing that can be done. `why_not` and `says` look at the object only; `run` asks the server."""

    id: str
    """By which its key can be rebound."""
    key: str
    title: str
    verb: str
    """What the server must allow, as RBAC has it."""
    says: Callable[[Target, str], str]
    """Exactly what will happen, in a sentence; from the target and what was typed."""
    run: Runs
    part: str = ""
    """The subresource that the server must allow it on."""
    why_not: Callable[[Target], str] = always
    """Why it makes no sense for this object; empty where it does."""
    asks: str = ""
    """What must be typed first; empty where nothing need be."""
    proposes: Callable[[Target], str] = always
    """What is there to be changed when it is asked for."""
    checks: Callable[[str], str] = lambda typed: ""
    """What is wrong with what was typed; empty where nothing is."""
    says_many: Callable[[Sequence[Target], str], str] | None = None
    """What `says` says, of several and without their names; None where it is for one object only."""
    at_once: int = AT_ONCE
    """To how many it is done at the same time."""


def _grace(target: Target) -> str:
    seconds = field(target.obj, "spec", "terminationGracePeriodSeconds")
    return f"; its containers get {seconds} s to end" if isinstance(seconds, int) else ""


def _says_delete(target: Target, typed: str) -> str:
    if target.resource.id == "namespaces":
        return f"Delete {target} and everything that is in it."
    return f"Delete {target}, and what it owns{_grace(target)}."


def _says_delete_many(targets: Sequence[Target], typed: str) -> str:
    if targets[0].resource.id == "namespaces":
        return f"Delete {counted(targets)} and everything that is in them."
    return f"Delete {counted(targets)}, and what they own."


async def _delete(client: Client, target: Target, typed: str) -> AsyncGenerator[str, None]:
    from kty.kube.api import Api

    await Api(client, target.resource, target.namespace).delete(
        target.name, propagation="Background", uid=target.uid or ""
    )
    yield f"{target} is being deleted"


def _is_leaving(target: Target) -> str:
    return f"{target} is being deleted already" if text(target.obj, "metadata", "deletionTimestamp") else ""


DELETE = Action(
    "delete", "ctrl+d", "delete", "delete", _says_delete, _delete, why_not=_is_leaving, says_many=_says_delete_many
)
"""For every kind."""
