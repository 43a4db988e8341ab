"""PersistentVolumeClaims get a volume, and keep it for as long as a pod uses it."""

from collections.abc import Iterable
from typing import Final

from kty.demo.deletion import drop_finalizer
from kty.demo.life.events import Recorder
from kty.demo.life.podstate import get, is_finished, is_terminating
from kty.demo.life.seen import Key, Seen
from kty.demo.life.world import MANAGER, World
from kty.kube.objects import Object

CLAIMS: Final = "persistentvolumeclaims"
VOLUMES: Final = "persistentvolumes"
CLASS: Final = "standard"
"""The storage class of claims that name none."""
PROVISIONER: Final = "rancher.io/local-path"
PROTECTION: Final = "kubernetes.io/pvc-protection"
_BOUND: Final = "pv.kubernetes.io/bind-completed"


class Volumes:
    """Keys are claims."""

    kinds = (CLAIMS, "pods")

    def __init__(self, world: World) -> None:
        self._world = world
        self._events = Recorder(world, f"{PROVISIONER}_local-path-provisioner")
        self._going: set[Key] = set()

    def concerned(self, seen: Seen) -> Iterable[Key]:
        if seen.kind == "pods":
            return [key for key in self._going if key[0] == seen.held.namespace]
        if seen.is_gone:
            self._going.discard(seen.key)
            volume = get(self._world.registry.whole(CLAIMS, seen.held), "spec", "volumeName", default="")
            return ((f"volume/{volume}", seen.held.uid),) if volume else ()
        return (seen.key,)

    def reconcile(self, key: Key) -> float | None:
        if key[0].startswith("volume/"):
            self._reclaim(key[0].removeprefix("volume/"), key[1])
            return None
        claim = self._world.registry.find(CLAIMS, *key)
        if claim is None:
            return None
        if is_terminating(claim):
            self._let_go(key, claim)
            return None
        if not claim["metadata"].get("finalizers"):
            claim = self._world.registry.change(CLAIMS, *key, _protect, MANAGER)
        if get(claim, "status", "phase") == "Bound":
            return None
        if not claim["spec"].get("storageClassName") and "storageClassName" in claim["spec"]:
            return None  # it asks for a volume that somebody makes
        self._bind(key, claim)
        return None

    def _bind(self, key: Key, claim: Object) -> None:
        registry, meta = self._world.registry, claim["metadata"]
        name = claim["spec"].get("volumeName") or f"pvc-{meta['uid']}"
        if registry.store.find(VOLUMES, "", name) is None:
            registry.create(VOLUMES, _volume(name, claim), MANAGER)
            message = f"Successfully provisioned volume {name}"
            self._events.normal(claim, "ProvisioningSucceeded", message)

        def bind(claim: Object) -> None:
            claim["spec"]["volumeName"] = name
            claim["spec"].setdefault("storageClassName", CLASS)
            notes = claim["metadata"].setdefault("annotations", {})
            notes |= {_BOUND: "yes", "volume.kubernetes.io/storage-provisioner": PROVISIONER}

        def report(claim: Object) -> None:
            spec = claim["spec"]
            capacity = get(spec, "resources", "requests", default={})
            claim["status"] = {"phase": "Bound", "accessModes": spec.get("accessModes"), "capacity": capacity}

        registry.change(CLAIMS, *key, bind, MANAGER)
        registry.change(CLAIMS, *key, report, MANAGER, subresource="status")

    def _let_go(self, key: Key, claim: Object) -> None:
        """Let a claim that is to be deleted go, once no pod uses it."""
        self._going.add(key)
        for pod in self._world.registry.list("pods", key[0]):
            names = [get(each, "persistentVolumeClaim", "claimName") for each in pod["spec"].get("volumes") or ()]
            if key[1] in names and not is_finished(pod):
                return
        if PROTECTION in (claim["metadata"].get("finalizers") or ()):
            self._world.registry.change(CLAIMS, *key, lambda claim: drop_finalizer(claim, PROTECTION), MANAGER)

    def _reclaim(self, name: str, uid: str) -> None:
        volume = self._world.registry.find(VOLUMES, "", name)
        if volume is None or get(volume, "spec", "claimRef", "uid") != uid:
            return
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete" or is_terminating(volume):
            if volume["metadata"].get("finalizers"):
                self._world.registry.change(VOLUMES, "", name, _unprotect, MANAGER)
            if is_terminating(volume):
                return
            self._world.delete(VOLUMES, volume)
            return

        def release(volume: Object) -> None:
            volume["status"]["phase"] = "Released"

        self._world.registry.change(VOLUMES, "", name, release, MANAGER, subresource="status")


def _protect(claim: Object) -> None:
    claim["metadata"]["finalizers"] = [PROTECTION]


def _unprotect(volume: Object) -> None:
    volume["metadata"].pop("finalizers", None)


def _volume(name: str, claim: Object) -> Object:
    meta, spec = claim["metadata"], claim["spec"]
    reference = {"kind": "PersistentVolumeClaim", "apiVersion": "v1"}
    reference |= {field: meta[field] for field in ("namespace", "name", "uid", "resourceVersion")}
    return {
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "capacity": {"storage": get(spec, "resources", "requests", "storage", default="1Gi")},
            "accessModes": spec.get("accessModes") or ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": spec.get("storageClassName") or CLASS,
            "volumeMode": spec.get("volumeMode") or "Filesystem",
            "claimRef": reference,
            "hostPath": {"path": f"/var/local-path/{name}", "type": "DirectoryOrCreate"},
        },
        "status": {"phase": "Bound"},
    }
