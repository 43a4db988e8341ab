"""Which lists are keyed, which are sets, and what is one piece: how the built-in kinds are merged and owned.

What the API server's OpenAPI document says in x-kubernetes-list-type, -list-map-keys, -map-type, -patch-strategy and
-patch-merge-key, without the rest of it. Where nothing stands here, a map is granular and a list is one piece.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """How one place in an object is merged, and what of it can be owned."""

    how: Literal["granular", "atomic", "keyed", "set"] = "granular"
    """`granular` and `atomic` say it of a map, `keyed` and `set` of a list; any other list is one piece."""
    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    """The fields that are not plain."""
    items: "Shape | None" = None
    """Of the items of a keyed list, and of what stands in a map below keys that the kind does not name."""
    is_open: bool = False
    """True for a map whose keys the kind does not name."""
    keys: tuple[str, ...] = ()
    """The fields that tell the items of a keyed list apart."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """What such a field says where it is left out."""
    patch: Literal["", "merge", "replace"] = ""
    """How a strategic merge patch treats it."""
    patch_key: str = ""
    """The one field by which a strategic merge patch tells items apart; empty in a list of plain values."""
    retains_keys: bool = False
    """True where a strategic merge patch may say which keys alone are to stay."""

    def at(self, name: str) -> "Shape":
        """Return the shape of a field."""
        return self.fields.get(name) or self.items or PLAIN

    @property
    def of_items(self) -> "Shape":
        return self.items or PLAIN

    def names(self, name: str) -> bool:
        """Say whether this is a field of the kind, and not a key that somebody chose."""
        return not self.is_open or name in self.fields


PLAIN: Final = Shape()
ATOMIC: Final = Shape("atomic")
SET: Final = Shape("set")
FREE: Final = Shape(is_open=True)
"""Anything goes, and nothing is known of it: what stands below x-kubernetes-preserve-unknown-fields."""


def _map(**fields: Shape) -> Shape:
    return Shape(fields=fields)


def _by(*keys: str, of: Shape | None = None, patch: bool = True, retains_keys: bool = False, **defaults: Any) -> Shape:
    """Return a list whose items are told apart by these keys, by the first one alone in a strategic merge patch.

    A key that is left out says what is its zero value, or what is given here.
    """
    defaults = {**dict.fromkeys(keys, ""), **defaults}
    patched = ("merge", keys[0]) if patch else ("", "")
    return Shape("keyed", {}, of, False, keys, defaults, patched[0], patched[1], retains_keys)  # type: ignore[arg-type]


_MERGED_SET = Shape("set", patch="merge")
METADATA: Final = _map(finalizers=_MERGED_SET, ownerReferences=_by("uid", of=ATOMIC))
_CONDITIONS = _map(conditions=_by("type"))

_ENV = _map(
    valueFrom=_map(
        configMapKeyRef=ATOMIC, fieldRef=ATOMIC, fileKeyRef=ATOMIC, resourceFieldRef=ATOMIC, secretKeyRef=ATOMIC
    )
)
_CLAIMS = _map(claims=_by("name", patch=False))
_CONTAINER = _map(
    env=_by("name", of=_ENV),
    ports=_by("containerPort", "protocol", containerPort=0, protocol="TCP"),
    resources=_CLAIMS,
    volumeDevices=_by("devicePath"),
    volumeMounts=_by("mountPath"),
)
_CLAIM_SPEC = _map(dataSource=ATOMIC, selector=ATOMIC)
_VOLUME = _map(ephemeral=_map(volumeClaimTemplate=_map(metadata=METADATA, spec=_CLAIM_SPEC)))
_POD_SPEC = _map(
    affinity=_map(nodeAffinity=_map(requiredDuringSchedulingIgnoredDuringExecution=ATOMIC)),
    containers=_by("name", of=_CONTAINER),
    ephemeralContainers=_by("name", of=_CONTAINER),
    hostAliases=_by("ip"),
    imagePullSecrets=_by("name", of=ATOMIC),
    initContainers=_by("name", of=_CONTAINER),
    nodeSelector=ATOMIC,
    resourceClaims=_by("name", retains_keys=True),
    resources=_CLAIMS,
    schedulingGates=_by("name"),
    topologySpreadConstraints=_by("topologyKey", "whenUnsatisfiable", of=_map(labelSelector=ATOMIC)),
    volumes=_by("name", of=_VOLUME, retains_keys=True),
)
_POD_STATUS = _map(
    conditions=_by("type"),
    hostIPs=Shape("atomic", patch="merge", patch_key="ip"),
    podIPs=_by("ip"),
    resourceClaimStatuses=_by("name", retains_keys=True),
    resources=_CLAIMS,
)
_TEMPLATE = _map(metadata=METADATA, spec=_POD_SPEC)
_JOB_SPEC = _map(selector=ATOMIC, template=_TEMPLATE)
_WORKLOAD = _map(spec=_map(selector=ATOMIC, template=_TEMPLATE), status=_CONDITIONS)
_BACKEND = _map(resource=ATOMIC, service=_map(port=ATOMIC))
_ROLE_REF = _map(roleRef=ATOMIC)

_KINDS: Final[Mapping[str, Shape]] = {
    "namespaces": _map(status=_CONDITIONS),
    "nodes": _map(
        spec=_map(podCIDRs=_MERGED_SET),
        status=_map(addresses=_by("type"), conditions=_by("type")),
    ),
    "pods": _map(spec=_POD_SPEC, status=_POD_STATUS),
    "services": _map(
        spec=_map(ports=_by("port", "protocol", port=0, protocol="TCP"), selector=ATOMIC),
        status=_CONDITIONS,
    ),
    "serviceaccounts": _map(secrets=_by("name", of=ATOMIC)),
    "events": _map(involvedObject=ATOMIC, related=ATOMIC),
    "persistentvolumes": _map(spec=_map(nodeAffinity=_map(required=ATOMIC))),
    "persistentvolumeclaims": _map(spec=_CLAIM_SPEC, status=_CONDITIONS),
    "deployments.apps": _map(
        spec=_map(selector=ATOMIC, strategy=Shape(retains_keys=True), template=_TEMPLATE), status=_CONDITIONS
    ),
    "replicasets.apps": _WORKLOAD,
    "statefulsets.apps": _WORKLOAD,
    "daemonsets.apps": _WORKLOAD,
    "jobs.batch": _map(
        spec=_JOB_SPEC,
        status=_map(
            conditions=Shape("atomic", patch="merge", patch_key="type"),
            uncountedTerminatedPods=_map(failed=SET, succeeded=SET),
        ),
    ),
    "cronjobs.batch": _map(spec=_map(jobTemplate=_map(metadata=METADATA, spec=_JOB_SPEC))),
    "ingresses.networking.k8s.io": _map(spec=_map(defaultBackend=_BACKEND)),
    "horizontalpodautoscalers.autoscaling": _map(status=_CONDITIONS),
    "poddisruptionbudgets.policy": _map(spec=_map(selector=Shape("atomic", patch="replace")), status=_CONDITIONS),
    "rolebindings.rbac.authorization.k8s.io": _ROLE_REF,
    "clusterrolebindings.rbac.authorization.k8s.io": _ROLE_REF,
    "customresourcedefinitions.apiextensions.k8s.io": _map(status=_map(conditions=_by("type", patch=False))),
}
_NOT_SAID = Shape(fields={"metadata": METADATA})
_SHAPES: Final = {kind: Shape(fields={"metadata": METADATA, **shape.fields}) for kind, shape in _KINDS.items()}


def shape_of(kind: str) -> Shape:
    """Return the shape of a built-in kind by its Resource.id; of any other only the metadata is known."""
    return _SHAPES.get(kind, _NOT_SAID)
