"""Where the streams of a pod are."""

from kty.kube.resource import Resource

PODS = Resource("", "v1", "Pod", "pods")


def path_of(namespace: str, pod: str, part: str) -> str:
    """Return the path of a pod's subresource, such as `exec`."""
    return PODS.path(namespace, pod, part)
