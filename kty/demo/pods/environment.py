"""The environment variables of a container, as its spec, the pod and the objects it names give them."""

import re
from typing import Final

from kty.demo.registry import Registry
from kty.kube.objects import Object

_REFERENCE: Final = re.compile(r"\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)")
_ANNOTATION: Final = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]")


def environment(registry: Registry, pod: Object, spec: Object) -> dict[str, str]:
    """Return what the first process of the container is started with."""
    found = {"PATH": "/bin:/usr/bin:/usr/local/bin", "HOSTNAME": hostname(pod)}
    found |= _services(registry, pod)
    namespace = pod["metadata"]["namespace"]
    for source in spec.get("envFrom") or ():
        prefix = source.get("prefix", "")
        for kind in ("configMap", "secret"):
            if reference := source.get(f"{kind}Ref"):
                data = data_of(registry, f"{kind.lower()}s", namespace, reference.get("name", ""))
                found |= {prefix + key: value.decode("utf-8", "replace") for key, value in data.items()}
    for entry in spec.get("env") or ():
        value = _value(registry, pod, spec, entry)
        if value is not None:
            found[entry["name"]] = expanded(value, found)
    found.setdefault("HOME", "/root")
    return found


def expanded(text: str, variables: dict[str, str]) -> str:
    """Put variables in place of `$(NAME)`; `$$` is a dollar, and unknown names stay."""
    return _REFERENCE.sub(
        lambda found: "$" if found[0] == "$$" else variables.get(found[1], found[0]),
        text,
    )


def hostname(pod: Object) -> str:
    return str(pod["spec"].get("hostname") or pod["metadata"]["name"])[:63]


def data_of(registry: Registry, kind: str, namespace: str, name: str) -> dict[str, bytes]:
    """Return what a configmap or a secret holds; nothing where there is none."""
    import base64
    import binascii

    obj = registry.find(kind, namespace, name) or {}
    try:
        binary = {
            key: base64.b64decode(value)
            for key, value in (obj.get("data" if kind == "secrets" else "binaryData") or {}).items()
        }
    except (binascii.Error, ValueError):
        binary = {}
    texts = {} if kind == "secrets" else {key: value.encode() for key, value in (obj.get("data") or {}).items()}
    return texts | binary


def field(pod: Object, path: str) -> str:
    """Return what the downward API gives for a fieldPath."""
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status") or {}
    if found := _ANNOTATION.fullmatch(path):
        return str((meta.get(found[1]) or {}).get(found[2], ""))
    if path in ("metadata.labels", "metadata.annotations"):
        return "\n".join([f'{key}="{value}"' for key, value in sorted((meta.get(path[9:]) or {}).items())])
    values = {
        "metadata.name": meta["name"],
        "metadata.namespace": meta["namespace"],
        "metadata.uid": meta["uid"],
        "spec.nodeName": spec.get("nodeName"),
        "spec.serviceAccountName": spec.get("serviceAccountName"),
        "status.podIP": status.get("podIP"),
        "status.podIPs": ",".join([one["ip"] for one in status.get("podIPs") or ()]),
        "status.hostIP": status.get("hostIP"),
        "status.hostIPs": ",".join([one["ip"] for one in status.get("hostIPs") or ()]),
    }
    return str(values.get(path) or "")


def resource(pod: Object, spec: Object, reference: Object) -> str:
    """Return what the downward API gives for a container's requests or limits."""
    which, _, name = str(reference.get("resource", "")).partition(".")
    amounts = (spec.get("resources") or {}).get(which) or {}
    return str(amounts.get(name, 0))


def _value(registry: Registry, pod: Object, spec: Object, entry: Object) -> str | None:
    source = entry.get("valueFrom")
    if not source:
        return str(entry.get("value", ""))
    if reference := source.get("fieldRef"):
        return field(pod, str(reference.get("fieldPath", "")))
    if reference := source.get("resourceFieldRef"):
        return resource(pod, spec, reference)
    for kind in ("configMap", "secret"):
        if reference := source.get(f"{kind}KeyRef"):
            namespace = pod["metadata"]["namespace"]
            data = data_of(registry, f"{kind.lower()}s", namespace, reference.get("name", ""))
            value = data.get(reference.get("key", ""))
            return None if value is None else value.decode("utf-8", "replace")
    return ""


def _services(registry: Registry, pod: Object) -> dict[str, str]:
    """Return the variables that tell of the services, as they are now."""
    found: dict[str, str] = {}
    if api := registry.find("services", "default", "kubernetes"):
        found |= _of_service(api)
    if pod["spec"].get("enableServiceLinks", True):
        for service in registry.list("services", pod["metadata"]["namespace"]):
            found |= _of_service(service)
    return found


def _of_service(service: Object) -> dict[str, str]:
    address, ports = service["spec"].get("clusterIP"), service["spec"].get("ports") or ()
    if address in (None, "", "None") or not ports:
        return {}
    name = service["metadata"]["name"].upper().replace("-", "_")
    found = {f"{name}_SERVICE_HOST": address, f"{name}_SERVICE_PORT": str(ports[0]["port"])}
    for port in ports:
        if port.get("name"):
            found[f"{name}_SERVICE_PORT_{port['name'].upper().replace('-', '_')}"] = str(port["port"])
    return found
