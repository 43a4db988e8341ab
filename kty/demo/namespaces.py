"""The end of a namespace: everything in it goes first."""

from aiohttp import web

from kty.demo import bodies
from kty.demo.answers import answer
from kty.demo.call import Call
from kty.demo.journal import Change
from kty.demo.registry import Registry
from kty.demo.store import decode, encode
from kty.kube.objects import Object

FINALIZER = "kubernetes"


class Namespaces:
    """Empties a namespace that is to be deleted, and lets it go once it is empty."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._ending: set[str] = set()

    def changed(self, change: Change) -> None:
        if change.kind == "namespaces":
            meta = decode(change.body)["metadata"]
            if change.type == "DELETED" or "deletionTimestamp" not in meta:
                self._ending.discard(change.name)
            elif change.name not in self._ending:
                self._ending.add(change.name)
                self._empty(change.name)
        elif change.type == "DELETED" and change.namespace in self._ending:
            self._finish(change.namespace)

    def _empty(self, namespace: str) -> None:
        registry = self._registry
        for kind in self._kinds():
            for held in registry.store.held(kind, namespace):
                # One deletion may have taken another along.
                if registry.store.find(kind, namespace, held.name) is not None:
                    registry.delete(kind, namespace, held.name)
        self._finish(namespace)

    def _finish(self, namespace: str) -> None:
        if any(self._registry.store.held(kind, namespace) for kind in self._kinds()):
            return
        if self._registry.store.find("namespaces", "", namespace) is None:
            return

        def without(obj: Object) -> None:
            spec = obj.setdefault("spec", {})
            spec["finalizers"] = [each for each in spec.get("finalizers") or () if each != FINALIZER]

        self._registry.change("namespaces", "", namespace, without, subresource="finalize")

    def _kinds(self) -> list[str]:
        return [kind.id for kind in self._registry.kinds if kind.is_stored and kind.resource.namespaced]


async def finalize(call: Call) -> web.StreamResponse:
    """PUT namespaces/NAME/finalize: write spec.finalizers."""
    asked = bodies.document(call.body)
    wanted = (asked.get("spec") or {}).get("finalizers") or []

    def write(obj: Object) -> None:
        obj.setdefault("spec", {})["finalizers"] = wanted

    how = bodies.options(call, "UpdateOptions")
    written = call.demo.registry.change("namespaces", "", call.name, write, how, subresource="finalize")
    return await answer(call.request, encode(written))
