"""Pods and pod templates."""

from typing import Final

from kty.demo.validation.faults import IS_LABEL, LABEL, Faults, numbered
from kty.kube.objects import Object

_POLICIES: Final = ("Always", "OnFailure", "Never")
_FIXED: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_CONTAINERS: Final = ("initContainers", "containers")


def check_spec(faults: Faults, spec: Object, path: str, policies: tuple[str, ...] = _POLICIES) -> None:
    """Check the spec of a pod; `policies` are the restart policies that its kind of owner allows."""
    volumes = {volume.get("name") for volume in spec.get("volumes") or ()}
    if not spec.get("containers"):
        faults.required(f"{path}.containers")
    names: set[str] = set()
    for field in _CONTAINERS:
        for where, container in numbered(spec.get(field), f"{path}.{field}"):
            _check_container(faults, container, where, volumes, names)
    policy = spec.get("restartPolicy")
    if policy not in policies:
        if "Always" not in policies and policy in ("", None, "Always"):
            faults.required(
                f"{path}.restartPolicy",
                f"valid values: {', '.join(f'{each!r}' for each in policies)}".replace("'", '"'),
            )
        else:
            faults.unsupported(f"{path}.restartPolicy", policy, policies)


def _check_container(faults: Faults, container: Object, path: str, volumes: set[object], names: set[str]) -> None:
    name = container.get("name") or ""
    if not name:
        faults.required(f"{path}.name")
    elif not LABEL.fullmatch(name):
        faults.invalid(f"{path}.name", name, IS_LABEL)
    elif name in names:
        faults.duplicate(f"{path}.name", name)
    names.add(name)
    if not container.get("image"):
        faults.required(f"{path}.image")
    for where, port in numbered(container.get("ports"), f"{path}.ports"):
        faults.port(f"{where}.containerPort", port.get("containerPort", 0))
    for where, mount in numbered(container.get("volumeMounts"), f"{path}.volumeMounts"):
        if mount.get("name") not in volumes:
            faults.not_found(f"{where}.name", mount.get("name"))
        if not mount.get("mountPath"):
            faults.required(f"{where}.mountPath")


def check_update(faults: Faults, live: Object, obj: Object) -> None:
    """Check what is written over a pod: little of it may change."""
    before, after = live.get("spec") or {}, obj.get("spec") or {}
    if before == after:
        return
    for field in _CONTAINERS:
        if len(before.get(field) or ()) != len(after.get(field) or ()):
            faults.forbidden(f"spec.{field}", "pod updates may not add or remove containers")
            return
    had = [gate.get("name") for gate in before.get("schedulingGates") or ()]
    for where, gate in numbered(after.get("schedulingGates"), "spec.schedulingGates"):
        if gate.get("name") not in had:
            told = f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'"
            faults.forbidden(where, told)
    if _fixed(before) != _fixed(after) or _lost(before, after):
        faults.forbidden("spec", _FIXED)


def _fixed(spec: Object) -> Object:
    """Return what may not change."""
    free = ("activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", *_CONTAINERS)
    kept = {field: value for field, value in spec.items() if field not in free}
    for field in _CONTAINERS:
        containers = spec.get(field) or ()
        kept[field] = [{name: value for name, value in each.items() if name != "image"} for each in containers]
    return kept


def _lost(before: Object, after: Object) -> bool:
    """Say whether a toleration was taken away."""
    return any(each not in (after.get("tolerations") or ()) for each in before.get("tolerations") or ())
