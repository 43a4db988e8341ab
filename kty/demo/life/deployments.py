"""Deployments: a replicaset for each template, and pods moved from the old ones to the new one step by step."""

from collections.abc import Callable, Iterable, Sequence

from kty.demo.life import revisions, rollout
from kty.demo.life.adoption import Dependents
from kty.demo.life.deployment_status import report
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import is_finished, is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.templates import owner_reference
from kty.demo.life.world import MANAGER, World
from kty.demo.statuses import ApiError
from kty.kube.objects import Object

_RS = "replicasets.apps"


class Deployments:
    """Keys are deployments."""

    kinds = ("deployments.apps", _RS, "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "deployment-controller")
        self._sets = Dependents(world, self._events, "Deployment", _RS)
        self._recreating: dict[str, Key] = {}
        """Deployments that wait for old pods to be gone, by the uid of the replicaset that has them."""

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "pods":
            waiting = [self._recreating[uid] for uid in seen.held.owners if uid in self._recreating]
            return waiting if waiting and seen.is_gone else ()
        return self._sets.concerned(seen)

    def reconcile(self, key: Key) -> float | None:
        deployment = self._world.registry.find("deployments.apps", *key)
        if deployment is None:
            return None
        sets = self._sets.of(deployment)
        sets.sort(key=lambda each: (each["metadata"]["creationTimestamp"], revisions.revision_of(each)))
        if is_terminating(deployment):
            return report(self._world, deployment, sets, self._newest(deployment, sets))
        newest, before = self._newest(deployment, sets), sets
        if deployment["spec"].get("paused") or self._is_resized(deployment, sets):
            sets = self._resize(deployment, sets, newest)
        elif deployment["spec"].get("strategy", {}).get("type") == "Recreate":
            sets = self._recreate(deployment, sets, newest)
        else:
            sets = self._roll(deployment, sets, newest)
        if sets != before:
            return self._world.now()  # after the replicasets had their turn
        newest = self._newest(deployment, sets)
        due = report(self._world, deployment, sets, newest)
        if newest is not None and not deployment["spec"].get("paused"):
            self._forget_old(deployment, sets, newest)
        return due

    def _newest(self, deployment: Object, sets: Sequence[Object]) -> Object | None:
        """Return the replicaset that has the deployment's template; the oldest where several have."""
        template = deployment["spec"]["template"]
        return next((each for each in sets if revisions.has_template(each, template)), None)

    def _is_resized(self, deployment: Object, sets: Sequence[Object]) -> bool:
        wanted = str(deployment["spec"].get("replicas", 1))
        return any(
            (each["metadata"].get("annotations") or {}).get(revisions.DESIRED, wanted) != wanted
            for each in sets
            if rollout.size(each)
        )

    def _resize(self, deployment: Object, sets: list[Object], newest: Object | None) -> list[Object]:
        """Follow a change of the number of replicas, without a step of the rollout."""
        wanted = deployment["spec"].get("replicas", 1)
        active = [each for each in sets if rollout.size(each)]
        if len(active) <= 1:
            only = active[0] if active else newest
            sizes = {only["metadata"]["name"]: wanted} if only is not None else {}
        elif newest is not None and rollout.available(newest) >= wanted == rollout.size(newest):
            sizes = {each["metadata"]["name"]: 0 for each in active if each is not newest}
        else:  # the largest follows, and the rollout brings them where they should be
            largest = max(active, key=rollout.size)
            size = rollout.size(largest) + wanted - sum(map(rollout.size, active))
            sizes = {largest["metadata"]["name"]: max(size, 0)}
        return self._scaled(deployment, sets, sizes)

    def _roll(self, deployment: Object, sets: list[Object], newest: Object | None) -> list[Object]:
        wanted, limits = deployment["spec"].get("replicas", 1), rollout.bounds(deployment)
        sets, newest = self._with_newest(deployment, sets, newest)
        if newest is None:
            return sets
        name = newest["metadata"]["name"]
        sizes = {name: rollout.new_size(wanted, limits, newest, sets)}
        sets = self._scaled(deployment, sets, sizes)
        newest = next(each for each in sets if each["metadata"]["name"] == name)
        old = [each for each in sets if each is not newest and rollout.size(each)]
        return self._scaled(deployment, sets, rollout.old_sizes(wanted, limits, newest, old)) if old else sets

    def _recreate(self, deployment: Object, sets: list[Object], newest: Object | None) -> list[Object]:
        old = [each for each in sets if each is not newest]
        sets = self._scaled(deployment, sets, {each["metadata"]["name"]: 0 for each in old if rollout.size(each)})
        key = (deployment["metadata"]["namespace"], deployment["metadata"]["name"])
        self._recreating = {uid: waiting for uid, waiting in self._recreating.items() if waiting != key}
        left = [each["metadata"]["uid"] for each in old if self._has_pods(each["metadata"]["uid"])]
        if left:
            self._recreating.update(dict.fromkeys(left, key))
            return sets
        sets, newest = self._with_newest(deployment, sets, newest)
        if newest is None:
            return sets
        return self._scaled(deployment, sets, {newest["metadata"]["name"]: deployment["spec"].get("replicas", 1)})

    def _has_pods(self, uid: str) -> bool:
        return any(not is_finished(pod) for pod in self._world.registry.owned(uid, "pods"))

    def _with_newest(
        self, deployment: Object, sets: list[Object], newest: Object | None
    ) -> tuple[list[Object], Object | None]:
        """Return the replicasets with the one for the template among them, and that one, its revision the highest."""
        last = max((revisions.revision_of(each) for each in sets if each is not newest), default=0)
        limits, wanted = rollout.bounds(deployment), deployment["spec"].get("replicas", 1)
        if newest is None:
            made = self._create(deployment, sets, last + 1, wanted + limits.surge)
            return ([*sets, made], made) if made is not None else (sets, None)
        revision = max(revisions.revision_of(newest), last + 1)
        most = wanted + limits.surge if limits.surge else wanted
        before = newest["metadata"].get("annotations") or {}
        annotations = revisions.annotations_for(deployment, before, revision, most)
        if annotations == before:
            return sets, newest

        def annotate(replicaset: Object) -> None:
            replicaset["metadata"]["annotations"] = annotations

        changed = self._change(newest, annotate)
        return [changed if each is newest else each for each in sets], changed

    def _create(self, deployment: Object, sets: Sequence[Object], revision: int, most: int) -> Object | None:
        meta, spec, code = deployment["metadata"], deployment["spec"], revisions.hash_of(deployment)
        described = spec["template"].get("metadata") or {}
        labels = {**(described.get("labels") or {}), revisions.HASH: code}
        selected = {**(spec["selector"].get("matchLabels") or {}), revisions.HASH: code}
        wanted, limits = spec.get("replicas", 1), rollout.bounds(deployment)
        room = wanted + limits.surge - sum(map(rollout.size, sets))
        replicas = max(min(room, wanted), 0) if spec.get("strategy", {}).get("type") != "Recreate" else wanted
        content: Object = {
            "replicas": replicas,
            "selector": {**spec["selector"], "matchLabels": selected},
            "template": {**spec["template"], "metadata": {**described, "labels": labels}},
            **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
        }
        name = f"{meta['name']}-{code}"
        obj = {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": name,
                "namespace": meta["namespace"],
                "labels": labels,
                "annotations": revisions.annotations_for(deployment, {}, revision, most),
                "ownerReferences": [owner_reference(deployment)],
            },
            "spec": content,
        }
        try:
            made = self._world.registry.create(_RS, obj, MANAGER)
        except ApiError as error:
            said = f'Failed to create new replica set "{name}": {error}'
            self._events.warning(deployment, "ReplicaSetCreateError", said)
            return None
        if replicas:
            self._events.normal(deployment, "ScalingReplicaSet", f"Scaled up replica set {name} from 0 to {replicas}")
        return made

    def _scaled(self, deployment: Object, sets: list[Object], sizes: dict[str, int]) -> list[Object]:
        """Give the replicasets these sizes and return them all as they are then."""
        wanted, limits = deployment["spec"].get("replicas", 1), rollout.bounds(deployment)
        marks = revisions.sizes(wanted, wanted + limits.surge)
        scaled = []
        for each in sets:
            name, before = each["metadata"]["name"], rollout.size(each)
            after = sizes.get(name, before)
            notes = each["metadata"].get("annotations") or {}
            if after == before and (not before or notes | marks == notes):
                scaled.append(each)
                continue

            def resize(replicaset: Object, after: int = after) -> None:
                replicaset["spec"]["replicas"] = after
                replicaset["metadata"].setdefault("annotations", {}).update(marks)

            scaled.append(self._change(each, resize))
            if after != before:
                way = "up" if after > before else "down"
                said = f"Scaled {way} replica set {name} from {before} to {after}"
                self._events.normal(deployment, "ScalingReplicaSet", said)
        return scaled

    def _change(self, replicaset: Object, mutate: Callable[[Object], None]) -> Object:
        meta = replicaset["metadata"]
        return self._world.registry.change(_RS, meta["namespace"], meta["name"], mutate, MANAGER)

    def _forget_old(self, deployment: Object, sets: Sequence[Object], newest: Object) -> None:
        """Remove the oldest replicasets beyond the history that is kept."""
        limit = deployment["spec"].get("revisionHistoryLimit", 10)
        old = [each for each in sets if each["metadata"]["name"] != newest["metadata"]["name"]]
        for each in sorted(old, key=revisions.revision_of)[: max(len(old) - limit, 0)]:
            status = each.get("status") or {}
            if rollout.size(each) or status.get("replicas") or is_terminating(each):
                continue
            self._world.delete(_RS, each)
