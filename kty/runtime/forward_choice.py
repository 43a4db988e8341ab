"""Which pod of those that are meant takes the next connection: chosen from a watch, and anew when it goes."""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeAlias

from kty.kube.resource import Resource
from kty.runtime.cluster import Cluster
from kty.runtime.forward_pods import ForwardPod, new_codec, read_pod
from kty.runtime.forward_target import ForwardTarget

PODS = Resource("", "v1", "Pod", "pods")

Standing: TypeAlias = Literal["ready", "waiting", "stale", "refused"]
"""ready: the next connection has a pod to go to. waiting: none does now. stale: the watch broke, so that what was known
last is gone by. refused: this identity may not see the pods."""


class PodChoice:
    """Follows the pods of a target. A pod by its name needs to run only; of others one is taken that is ready."""

    def __init__(self, cluster: Cluster, target: ForwardTarget, tell: Callable[[], object]) -> None:
        """`tell` is called whenever another pod is chosen, or it stands otherwise."""
        self.target = target
        fields = f"metadata.name={target.name}" if target.is_pod else ""
        self._lease = cluster.lease(PODS, target.namespace, new_codec, labels=target.labels, fields=fields)
        self._tell = tell
        self._pods: dict[str, ForwardPod] = {}
        self._gone: set[str] = set()
        """The uids of pods that the server does not have any more, though the watch has not said so yet."""
        self._seen = -1
        self._changed = asyncio.Event()
        self.pod: ForwardPod | None = None
        """The one that takes the next connection; None while there is none."""
        self.standing: Standing = "waiting"
        self._stop = self._lease.store.on_change(self._look)
        self._look()

    @property
    def why(self) -> str:
        """Why no pod takes connections, or whether that may be otherwise by now; empty where all is well."""
        status = self._lease.store.status
        if self.standing in ("refused", "stale"):
            return str(status.error or "the watch broke")
        if self.standing == "ready":
            return ""
        if not status.is_complete:
            return "its pods are not known yet"
        found = self._pods.get(self.target.name) if self.target.is_pod else None
        if self.target.is_pod:
            return f"{self.target} is {found.phase or 'Pending'}" if found else f"there is no {self.target} now"
        return (
            f"none of {len(self._pods)} pods of {self.target} is ready" if self._pods else f"{self.target} has no pods"
        )

    async def chosen(self) -> ForwardPod:
        """Wait until there is one."""
        while self.pod is None:
            self._changed.clear()
            await self._changed.wait()
        return self.pod

    def is_gone(self, pod: ForwardPod) -> None:
        """The server says that there is no such pod: choose another, or wait for one."""
        self._gone.add(pod.uid)
        self._choose()

    def close(self) -> None:
        """Follow them no longer."""
        self._stop()
        self._lease.release()

    def _look(self) -> None:
        store = self._lease.store
        changed = None if self._seen < 0 else store.changes(self._seen)
        self._seen = store.revision
        if changed is None:
            changed = {*store.rows, *[(self.target.namespace, name) for name in self._pods]}
        for key in changed:
            row = store.rows.get(key)
            is_meant = row is not None and (not self.target.owner or self.target.owner in row.owners)
            pod = read_pod(key[1], row.created, store.body(key) or b"") if row is not None and is_meant else None
            if pod is not None:
                self._pods[pod.name] = pod
            else:
                self._pods.pop(key[1], None)
        self._gone &= {pod.uid for pod in self._pods.values()}
        self._choose()

    def _choose(self) -> None:
        before = self.pod, self.standing
        status = self._lease.store.status
        fits = {pod.name: pod for pod in self._pods.values() if self._fits(pod)}
        newest = max(fits.values(), key=lambda pod: (pod.created, pod.name), default=None)
        pod = newest if self.pod is None else fits.get(self.pod.name, newest)
        if status.phase == "refused":
            # Who may not see a pod may yet connect to it: the server tells.
            pod = ForwardPod(self.target.name) if self.target.is_pod else None
            self.standing = "ready" if pod is not None else "refused"
        elif status.phase == "stale":
            self.standing = "stale"
        else:
            self.standing = "waiting" if pod is None else "ready"
        self.pod = pod
        if (pod, self.standing) != before:
            self._changed.set()
            self._tell()

    def _fits(self, pod: ForwardPod) -> bool:
        if pod.phase != "Running" or pod.uid in self._gone:
            return False
        return self.target.is_pod or (pod.is_ready and not pod.is_leaving)
