"""Take a node out of service, and back in: cordon, uncordon, drain."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from kty.errors import Conflict, Forbidden, NotFound, TooManyRequests, Unfinished
from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.evicting import Choice, Leaves, Stays, Verdict, choose
from kty.kube.kinds import Node, Pod
from kty.kube.patches import Merge
from kty.kube.pods import evict
from kty.kube.selectors import Selector

T = TypeVar("T")

BUDGET = 5.0
"""Seconds after which a pod whose budget forbade its eviction is asked to leave again (kubectl's)."""
LOOK = 1.0
"""Seconds between two looks at what is left on the node."""


@dataclass(frozen=True, slots=True)
class Cordoned:
    """The node takes no more pods."""

    node: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """This pod stays, and needs not go."""

    pod: Pod
    why: str


@dataclass(frozen=True, slots=True)
class Evicted:
    """This pod was asked to leave, and will."""

    pod: Pod


@dataclass(frozen=True, slots=True)
class Blocked:
    """A disruption budget forbids now that this pod leaves; it is asked again after so many seconds."""

    pod: Pod
    why: str
    retry_in: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """These pods were asked to leave, and are not gone yet. Told whenever they are others than before."""

    pods: Sequence[Pod]


@dataclass(frozen=True, slots=True)
class Left:
    """This pod is gone from the node."""

    pod: Pod


Progress: TypeAlias = Cordoned | Skipped | Evicted | Blocked | Waiting | Left


async def cordon(client: Connection, name: str, *, dry_run: bool = False) -> Node:
    """Let no more pods onto a node; those that are there stay."""
    return await Api.of(client, Node).patch(name, Merge({"spec": {"unschedulable": True}}), dry_run=dry_run)


async def uncordon(client: Connection, name: str, *, dry_run: bool = False) -> Node:
    """Let pods onto a node again."""
    return await Api.of(client, Node).patch(name, Merge({"spec": {"unschedulable": None}}), dry_run=dry_run)


async def drain(
    client: Connection,
    name: str,
    *,
    ignore_daemonsets: bool = False,
    delete_emptydir_data: bool = False,
    force: bool = False,
    labels: str | Selector = "",
    grace: int | None = None,
    timeout: float | None = None,
    delete: bool = False,
    budget_pause: float = BUDGET,
    look: float = LOOK,
) -> AsyncGenerator[Progress, None]:
    """Cordon a node and evict its pods, as `kubectl drain` does; tell each step, and end when they are gone.

    The pods of daemonsets come back at once: they are in the way unless `ignore_daemonsets` lets them stay. So are
    pods with emptyDir volumes, whose data is lost (`delete_emptydir_data`), and pods that nothing will make anew
    (`force`). Mirror pods always stay. `labels` chooses among the pods, `grace` (seconds) takes the place of the
    pods' own, `delete` asks no disruption budget. `budget_pause` and `look` are in seconds.

    Raises Unfinished before any pod was touched where pods are in the way, and after `timeout` seconds where some
    are left; its `left` says which, and why. The node stays cordoned then.
    """
    deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout

    async def in_time(step: Awaitable[T]) -> T:
        try:
            # A client that asks again by itself may take far longer over one pod than there is time for all.
            async with asyncio.timeout_at(deadline):
                return await step
        except TimeoutError as error:
            raise Unfinished(
                f"node {name} is not drained after {timeout:g} s", left=tuple(work.left()), hint="it stays cordoned"
            ) from error

    await cordon(client, name)
    yield Cordoned(name)
    work = _Drain(client, name, labels, grace, delete, budget_pause)
    choice = Choice(ignore_daemonsets, delete_emptydir_data, force)
    verdicts = [await choose(client, pod, choice) for pod in await work.pods()]
    _refuse(name, verdicts)
    for verdict in verdicts:
        if isinstance(verdict, Stays):
            yield Skipped(verdict.pod, verdict.why)
    work.pending = {each.pod.metadata.uid: each.pod for each in verdicts if isinstance(each, Leaves)}
    told: set[str] = set()
    while work.pending:
        for pod in work.due():
            yield await in_time(work.ask_to_leave(pod))
        for pod in await in_time(work.gone()):
            yield Left(pod)
        if not work.pending:
            return
        if work.asked.keys() != told and work.asked:
            told = set(work.asked)
            yield Waiting(tuple(work.asked.values()))
        await in_time(asyncio.sleep(look))


def _refuse(node: str, verdicts: Sequence[Verdict]) -> None:
    in_the_way = [f"{each.pod.namespace}/{each.pod.name}: {each.why}" for each in verdicts if each.is_in_the_way]
    if in_the_way:
        many = f"{len(in_the_way)} pods are" if len(in_the_way) > 1 else "a pod is"
        more = f" and {len(in_the_way) - 3} more" if len(in_the_way) > 3 else ""
        raise Unfinished(
            f"node {node} cannot be drained, {many} in the way: {'; '.join(in_the_way[:3])}{more}",
            left=in_the_way,
            hint="nothing was evicted; the node stays cordoned",
        )


class _Drain:
    """Which pods have still to go, which were asked already, and when to ask the others."""

    def __init__(
        self, client: Connection, node: str, labels: str | Selector, grace: int | None, delete: bool, pause: float
    ) -> None:
        self._client = client
        self._node = node
        self._labels = labels
        self._grace = grace
        self._delete = delete
        self._pause = pause
        self.pending: dict[str, Pod] = {}
        """By uid: all that are still there."""
        self.asked: dict[str, Pod] = {}
        """By uid: those that will leave."""
        self._blocked: dict[str, tuple[str, float]] = {}
        """By uid: why a budget keeps the pod, and when to ask again, in the loop's time."""

    async def pods(self) -> Sequence[Pod]:
        """Return the pods on the node. Raises Malformed for one that cannot be read: who knows what it is."""
        fields = f"spec.nodeName={self._node}"
        return await Api.of(self._client, Pod).list(labels=self._labels, fields=fields, strict=True)

    def due(self) -> list[Pod]:
        now = asyncio.get_running_loop().time()
        waits = {uid for uid, (_, at) in self._blocked.items() if at > now}
        return [pod for uid, pod in self.pending.items() if uid not in self.asked and uid not in waits]

    async def ask_to_leave(self, pod: Pod) -> Evicted | Blocked | Left:
        uid, meta = pod.metadata.uid, pod.metadata
        try:
            if meta.deletion_timestamp is not None:
                pass  # it leaves already
            elif self._delete:
                await Api.of(self._client, Pod, meta.namespace).delete(meta.name, grace=self._grace, uid=uid)
            else:
                await evict(self._client, meta.namespace, meta.name, grace=self._grace, uid=uid)
        except TooManyRequests as error:
            pause = max(self._pause, error.retry_after or 0)
            why = "; ".join([str(error).removesuffix("."), *[cause.message for cause in error.causes if cause.message]])
            self._blocked[uid] = (why, asyncio.get_running_loop().time() + pause)
            return Blocked(pod, why, pause)
        except Forbidden as error:
            if not any(cause.reason == "NamespaceTerminating" for cause in error.causes):
                raise
            # Nothing can be made in a namespace that goes, evictions neither; its pods go with it.
        except Conflict:
            now = await Api.of(self._client, Pod, meta.namespace).get_opt(meta.name)
            if now is not None and now.metadata.uid == uid:
                raise
            self._forget(uid)  # another pod has its name by now
            return Left(pod)
        except NotFound:
            self._forget(uid)
            return Left(pod)
        self._blocked.pop(uid, None)
        self.asked[uid] = pod
        return Evicted(pod)

    async def gone(self) -> list[Pod]:
        """Look which pods are gone, and forget them."""
        there = {pod.metadata.uid for pod in await self.pods()}
        gone = {uid: pod for uid, pod in self.pending.items() if uid not in there}
        for uid in gone:
            self._forget(uid)
        return list(gone.values())

    def _forget(self, uid: str) -> None:
        self.pending.pop(uid, None)
        self.asked.pop(uid, None)
        self._blocked.pop(uid, None)

    def left(self) -> Iterator[str]:
        """Say what each pod that is left waits for."""
        for uid, pod in self.pending.items():
            why = "asked to leave, and not gone yet" if uid in self.asked else "no answer to its eviction in time"
            why = self._blocked[uid][0] if uid in self._blocked else why
            yield f"{pod.namespace}/{pod.name}: {why}"
