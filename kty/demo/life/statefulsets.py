"""StatefulSets: pods with names that stay, made and removed one after the other."""

from collections.abc import Iterable
from copy import deepcopy

from kty.demo.life.adoption import Dependents
from kty.demo.life.conditions import set_counts
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import available_at, get, is_finished, is_ready, is_terminating, phase
from kty.demo.life.seen import Key, Seen
from kty.demo.life.templates import pod_from, revision_hash
from kty.demo.life.world import MANAGER, World
from kty.demo.statuses import ApiError
from kty.kube.objects import Object

REVISION = "controller-revision-hash"
_KIND = "statefulsets.apps"


class StatefulSets:
    """Keys are statefulsets."""

    kinds = (_KIND, "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, "statefulset-controller")
        self._pods = Dependents(world, self._events, "StatefulSet")
        self._templates: dict[str, Object] = {}
        """Of revisions that are not all replaced yet."""

    def concerned(self, seen: Seen) -> Iterable[Key]:
        return self._pods.concerned(seen)

    def reconcile(self, key: Key) -> float | None:
        owner = self._world.registry.find(_KIND, *key)
        if owner is None:
            return None
        pods: dict[int, Object] = {}
        for pod in self._pods.of(owner):
            ordinal = _ordinal(owner, pod)
            if ordinal is not None:
                pods[ordinal] = pod
        update = f"{owner['metadata']['name']}-{revision_hash(owner['spec']['template'])}"
        self._templates[update] = owner["spec"]["template"]
        current = get(owner, "status", "currentRevision", default=update)
        due = None
        if not is_terminating(owner):
            due = self._act(owner, pods, current, update)
        self._report(owner, pods, current, update)
        return due

    def _act(self, owner: Object, pods: dict[int, Object], current: str, update: str) -> float | None:
        """Do what comes next; a pod that is not there and ready holds up the others where order counts."""
        spec = owner["spec"]
        first = int(get(spec, "ordinals", "start", default=0))
        wanted = range(first, first + int(spec.get("replicas", 1)))
        waits = spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady"
        for ordinal in wanted:
            pod = pods.get(ordinal)
            if pod is not None and is_finished(pod) and not is_terminating(pod):
                self._remove(owner, pod)
                return None
            if pod is None:
                pods[ordinal] = self._create(owner, ordinal, self._revision_for(owner, ordinal, current, update))
                if waits:
                    return None
            elif waits and not self._is_available(owner, pod):
                when = available_at(pod, spec.get("minReadySeconds", 0))
                return when if not is_terminating(pod) else None
        for ordinal in sorted((each for each in pods if each not in wanted), reverse=True):
            if not is_terminating(pods[ordinal]):
                self._remove(owner, pods[ordinal])
            if waits:
                return None
        return self._update(owner, {ordinal: pods[ordinal] for ordinal in wanted if ordinal in pods}, update)

    def _update(self, owner: Object, pods: dict[int, Object], update: str) -> float | None:
        """Replace the last pod that is not of the new revision, once all after it are well."""
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return None
        partition = int(get(strategy, "rollingUpdate", "partition", default=0))
        for ordinal in sorted(pods, reverse=True):
            pod = pods[ordinal]
            if ordinal < partition:
                return None
            if (pod["metadata"].get("labels") or {}).get(REVISION) != update and not is_terminating(pod):
                self._remove(owner, pod)
                return None
            if not self._is_available(owner, pod):
                return available_at(pod, owner["spec"].get("minReadySeconds", 0))
        return None

    def _is_available(self, owner: Object, pod: Object) -> bool:
        when = available_at(pod, owner["spec"].get("minReadySeconds", 0))
        return when is not None and when <= self._world.now() and not is_terminating(pod)

    def _revision_for(self, owner: Object, ordinal: int, current: str, update: str) -> str:
        partition = int(get(owner["spec"], "updateStrategy", "rollingUpdate", "partition", default=0))
        return current if ordinal < partition and current in self._templates else update

    def _create(self, owner: Object, ordinal: int, revision: str) -> Object:
        owner_name = owner["metadata"]["name"]
        name = f"{owner_name}-{ordinal}"
        self._claim_volumes(owner, name)
        pod = pod_from(self._templates[revision], owner, name=name)
        pod["metadata"].setdefault("labels", {}).update(
            {
                REVISION: revision,
                "apps.kubernetes.io/pod-index": str(ordinal),
                "statefulset.kubernetes.io/pod-name": name,
            }
        )
        pod["metadata"]["generateName"] = f"{owner_name}-"
        pod["spec"] |= {"hostname": name}
        if owner["spec"].get("serviceName"):
            pod["spec"]["subdomain"] = owner["spec"]["serviceName"]
        claims = [template["metadata"]["name"] for template in owner["spec"].get("volumeClaimTemplates") or ()]
        volumes = [each for each in pod["spec"].get("volumes") or () if each["name"] not in claims]
        volumes += [{"name": each, "persistentVolumeClaim": {"claimName": f"{each}-{name}"}} for each in claims]
        if volumes:
            pod["spec"]["volumes"] = volumes
        try:
            made = self._world.registry.create("pods", pod, MANAGER)
        except ApiError as error:
            said = f"create Pod {name} in StatefulSet {owner_name} failed error: {error}"
            self._events.warning(owner, "FailedCreate", said)
            raise
        said = f"Create Pod {name} in StatefulSet {owner_name} successful"
        self._events.normal(owner, "SuccessfulCreate", said)
        return made

    def _claim_volumes(self, owner: Object, pod: str) -> None:
        namespace = owner["metadata"]["namespace"]
        for template in owner["spec"].get("volumeClaimTemplates") or ():
            name = f"{template['metadata']['name']}-{pod}"
            if self._world.registry.store.find("persistentvolumeclaims", namespace, name) is not None:
                continue
            labels = get(owner, "spec", "selector", "matchLabels", default={})
            metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
            claim = {"metadata": metadata, "spec": deepcopy(template["spec"])}
            self._world.registry.create("persistentvolumeclaims", claim, MANAGER)
            who = owner["metadata"]["name"]
            said = f"Create Claim {name} Pod {pod} in StatefulSet {who} success"
            self._events.normal(owner, "SuccessfulCreate", said)

    def _remove(self, owner: Object, pod: Object) -> None:
        self._world.delete("pods", pod)
        said = f"Delete Pod {pod['metadata']['name']} in StatefulSet {owner['metadata']['name']} successful"
        self._events.normal(owner, "SuccessfulDelete", said)

    def _report(self, owner: Object, pods: dict[int, Object], current: str, update: str) -> None:
        alive = [pod for pod in pods.values() if not is_terminating(pod)]
        of = [(pod["metadata"].get("labels") or {}).get(REVISION) for pod in alive]
        replicas = int(owner["spec"].get("replicas", 1))
        ready = sum(is_ready(pod) and phase(pod) == "Running" for pod in alive)
        is_through = of.count(update) == len(alive) == replicas == ready
        counts = {
            "replicas": len(pods),
            "readyReplicas": ready,
            "currentReplicas": of.count(update if is_through else current),
            "updatedReplicas": of.count(update),
            "availableReplicas": sum(self._is_available(owner, pod) for pod in alive),
        }

        def report(owner: Object) -> None:
            status = owner.setdefault("status", {})
            status["observedGeneration"] = owner["metadata"].get("generation", 1)
            set_counts(status, counts, always=("replicas", "availableReplicas"))
            status["currentRevision"] = update if is_through else current
            status["updateRevision"] = update
            status["collisionCount"] = 0

        self._world.report(_KIND, owner, report)


def _ordinal(owner: Object, pod: Object) -> int | None:
    prefix, _, number = pod["metadata"]["name"].rpartition("-")
    return int(number) if prefix == owner["metadata"]["name"] and number.isdigit() else None
