"""What a container sees at its mount points."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kty.demo.pods import environment
from kty.demo.pods.files import Folder, Made, Mounted, Node
from kty.kube.objects import Object, epoch

if TYPE_CHECKING:
    from kty.demo.demo import Demo

_CA: Final = b"The demo serves plain HTTP on loopback: there is no certificate to check.\n"
Entries = dict[str, Node]


class Volumes:
    """The volumes of one pod. What comes from objects is read anew at every look; the rest is kept while the pod is."""

    def __init__(self, demo: "Demo", pod: Object, claims: Callable[[str], Folder]) -> None:
        self._demo = demo
        self._registry = demo.registry
        self._pod = pod
        self._claims = claims
        self._kept: dict[str, Folder] = {}
        self._made: dict[tuple[str, str], tuple[bytes, float]] = {}
        self._by_name = {volume["name"]: volume for volume in pod["spec"].get("volumes") or ()}

    def mounted(self, name: str, container: Object) -> Folder | Mounted:
        """Return the directory that a volume is, for this container."""
        volume = self._by_name.get(name) or {}
        if any(kind in volume for kind in ("configMap", "secret", "projected", "downwardAPI")):
            return Mounted(lambda: self._entries(volume, container), changed=self._born())
        if claim := volume.get("persistentVolumeClaim"):
            return self._claims(str(claim.get("claimName", "")))
        return self._kept.setdefault(name, Folder(mode=0o777, changed=self._born()))

    def _born(self) -> float:
        return epoch(self._pod["metadata"].get("creationTimestamp")) or 0.0

    def _entries(self, volume: Object, container: Object) -> Entries:
        entries: dict[str, bytes] = {}
        sources = volume["projected"].get("sources") or () if "projected" in volume else (volume,)
        for source in sources:
            entries |= self._of_source(source, container)
        return _as_tree(entries, self._born())

    def _of_source(self, source: Object, container: Object) -> dict[str, bytes]:
        namespace = self._pod["metadata"]["namespace"]
        for kind, plural in (("configMap", "configmaps"), ("secret", "secrets")):
            if (wanted := source.get(kind)) is not None:
                data = environment.data_of(
                    self._registry, plural, namespace, wanted.get("name") or wanted.get("secretName") or ""
                )
                data = {"ca.crt": _CA} if wanted.get("name") == "kube-root-ca.crt" and not data else data
                items = wanted.get("items")
                return {item["path"]: data[item["key"]] for item in items if item["key"] in data} if items else data
        if (wanted := source.get("downwardAPI")) is not None:
            return {item["path"]: self._downward(item, container).encode() for item in wanted.get("items") or ()}
        if (wanted := source.get("serviceAccountToken")) is not None:
            return {wanted.get("path", "token"): self._token(int(wanted.get("expirationSeconds", 3600)))}
        return {}

    def _downward(self, item: Object, container: Object) -> str:
        pod = (
            self._registry.find("pods", self._pod["metadata"]["namespace"], self._pod["metadata"]["name"]) or self._pod
        )
        if reference := item.get("fieldRef"):
            return environment.field(pod, str(reference.get("fieldPath", "")))
        return environment.resource(pod, container, item.get("resourceFieldRef") or {})

    def _token(self, seconds: int) -> bytes:
        """Return a token of the pod's service account, another one when most of its time is over."""
        namespace = self._pod["metadata"]["namespace"]
        name = self._pod["spec"].get("serviceAccountName") or "default"
        account = self._registry.find("serviceaccounts", namespace, name)
        if account is None:
            return b""
        token, renew = self._made.get((namespace, name), (b"", 0.0))
        if renew <= self._registry.clock.now():
            issued, expires = self._demo.service_accounts.issue(
                account, seconds=seconds, audiences=["https://kubernetes.default.svc"]
            )
            token, renew = issued.encode(), expires - seconds * 0.2
            self._made[namespace, name] = token, renew
        return token


def _as_tree(entries: dict[str, bytes], changed: float) -> Entries:
    """Turn paths, of which items may have several steps, into nodes."""
    top: Entries = {}
    for path, content in entries.items():
        *parents, name = path.split("/")
        level = top
        for parent in parents:
            folder = level.setdefault(parent, Folder(changed=changed))
            level = folder.entries if isinstance(folder, Folder) else {}
        level[name] = Made(lambda content=content: content, mode=0o644, changed=changed)  # type: ignore[misc] # its own
    return top
