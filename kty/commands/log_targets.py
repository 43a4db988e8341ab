"""From the words of a person to the pods whose logs they mean, and which of their containers."""

import argparse
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import msgspec

from kty.commands.listing import listed, object_of
from kty.commands.naming import Kinds
from kty.commands.target import Target
from kty.errors import NotFound, UsageError
from kty.kube import selectors
from kty.kube.codecs import ObjectCodec
from kty.kube.debugging import default_container
from kty.kube.kinds import Pod
from kty.kube.objects import Item, Object
from kty.runtime.log_pods import read_pod
from kty.text import printable
from kty.views.reading import mapped

PODS = Pod.resource


@dataclass(frozen=True, slots=True)
class Scope:
    """Pods of one namespace: these by name, or all that are selected, those that come later, too."""

    namespace: str
    names: tuple[str, ...] = ()
    labels: str = ""

    @property
    def fields(self) -> str:
        """The field selector for the only pod that is meant; empty where there are several."""
        return f"metadata.name={self.names[0]}" if len(self.names) == 1 else ""


async def scopes(given: argparse.Namespace, target: Target) -> list[Scope]:
    """Return whose logs are meant. Raises NotFound, and UsageError for what has no pods."""
    namespace = given.namespace or target.namespace
    if given.selector:
        return [Scope(namespace, labels=str(selectors.parse(given.selector)))]
    found: list[Scope] = []
    pods: list[str] = []
    kinds = Kinds(target)
    for word in dict.fromkeys(given.words):
        kind, slash, name = word.rpartition("/")
        if slash and not (kind and name):
            raise UsageError(f"{printable(word)!r} names no pod", hint="a pod's name, or KIND/NAME such as deploy/web")
        resource = await kinds.one(kind) if kind else PODS
        if resource.id == PODS.id:
            pods.append(name)
            continue
        found.append(
            Scope(namespace, labels=selector_of(await object_of(target.client, resource, namespace, name), word))
        )
    return [*([Scope(namespace, tuple(pods))] if pods else []), *found]


def selector_of(obj: Object, word: str) -> str:
    """Return the selector of an object's pods: a LabelSelector, or the labels of a Service or ReplicationController."""
    content = mapped(obj, "spec", "selector")
    if content and not {"matchLabels", "matchExpressions"} & content.keys():
        content = {"matchLabels": content}
    if not content:
        raise UsageError(f"{printable(word)} selects no pods", hint="name pods, or select them with -l")
    return str(selectors.from_object(content))


async def pods_of(scope: Scope, target: Target) -> list[Item]:
    """Return the pods that there are. Raises NotFound for one that is named and is not there."""
    if scope.names:
        found: list[Item] = []
        for name in scope.names:
            body = await target.client.request("GET", PODS.path(scope.namespace, name))
            found.append(ObjectCodec().item(msgspec.Raw(body)))
        return found
    items = await listed(target.client, PODS, scope.namespace, ObjectCodec(), labels=scope.labels)
    return sorted(items, key=lambda item: (item.row.created or 0.0, item.row.key))


def picks(given: argparse.Namespace) -> Callable[[bytes], Collection[str]]:
    """Return what says, by a pod's JSON, which of its containers are meant; empty for all of them."""
    if given.all_containers:
        return lambda _: ()
    if given.container:
        wanted = frozenset(given.container)
        return lambda _: wanted

    def default(body: bytes) -> Sequence[str]:
        try:
            return (default_container(msgspec.json.decode(body, type=Pod)),)
        except msgspec.MsgspecError:
            return ()

    return default


def containers_of(item: Item, picked: Collection[str]) -> list[str]:
    """Return which of a pod's containers are meant, in the order in which they start."""
    return [name for name in read_pod(item.body).containers if not picked or name in picked]


def must_have(items: Sequence[Item], names: Sequence[str]) -> None:
    """Raise NotFound for a container that no pod has, naming those that there are."""
    there = dict.fromkeys([name for item in items for name in read_pod(item.body).containers])
    for name in names:
        if items and name not in there:
            hint = f"there are {', '.join(map(printable, there))}"
            raise NotFound(f"there is no container {printable(name)!r}", code=404, reason="NotFound", hint=hint)
