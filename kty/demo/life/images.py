"""Container images: which can be pulled, how long that takes, how large they are. All of it follows from the name."""

import re
from functools import lru_cache
from hashlib import sha256

from kty.kube.objects import Object

_REFERENCE = re.compile(r"[a-z0-9]+([._:/-]+[a-zA-Z0-9_]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?")
_NOWHERE = re.compile(r"\.(invalid|example|test)(:\d+)?$")
"""Top-level domains that never resolve (RFC 2606)."""
_ABSENT = re.compile(r"does-?not-?exist|nonexistent|no-?such|not-?found|missing|typo")
"""What a name or a tag says of which the registry has nothing."""

_BARE = frozenset({"busybox", "alpine", "debian", "ubuntu", "bash", "centos", "fedora"})
_remembered = lru_cache(1024)  # a node's pods have their images in common


@_remembered
def qualified(image: str) -> str:
    """Return the whole reference of an image: with the registry and the tag that are meant where none is named."""
    first, slash, _ = image.partition("/")
    if not slash:
        image = f"docker.io/library/{image}"
    elif "." not in first and ":" not in first and first != "localhost":
        image = f"docker.io/{image}"
    return image if "@" in image or ":" in image.rpartition("/")[2] else f"{image}:latest"


@_remembered
def is_reference(image: str) -> bool:
    return _REFERENCE.fullmatch(image) is not None


@_remembered
def why_no_pull(image: str) -> str:
    """Return what containerd says when the image cannot be pulled; empty when it can."""
    reference = qualified(image)
    host, _, rest = reference.partition("/")
    repository, _, tag = rest.rpartition(":")
    failed = f'failed to pull and unpack image "{reference}": failed to resolve reference "{reference}"'
    if _NOWHERE.search(host):
        asked = f'failed to do request: Head "https://{host}/v2/{repository}/manifests/{tag}"'
        return f"{failed}: {asked}: dial tcp: lookup {host.partition(':')[0]} on 10.0.0.2:53: no such host"
    if _ABSENT.search(rest):
        return f"rpc error: code = NotFound desc = {failed}: {reference}: not found"
    return ""


def name_of(container: Object) -> str:
    """Return the last part of the name of a container's image, without its tag."""
    return re.split(r"[:@]", str(container.get("image", "")).rpartition("/")[2])[0]


def is_bare(container: Object) -> bool:
    """Say whether the image starts a shell when nothing else is asked of it."""
    return name_of(container) in _BARE


def is_preloaded(image: str) -> bool:
    """Say whether every node has the image from the start: those that were made there."""
    return image.endswith(":local")


def needs_pull(image: str, policy: str) -> bool:
    """Say whether the kubelet asks the registry though the image is there."""
    return (policy or ("Always" if qualified(image).endswith(":latest") else "IfNotPresent")) == "Always"


def digest(image: str) -> str:
    return f"sha256:{sha256(qualified(image).encode()).hexdigest()}"


@_remembered
def image_id(image: str) -> str:
    """Return the imageID of a container's status."""
    if is_preloaded(image):
        return digest(image)
    return f"{qualified(image).partition('@')[0].rpartition(':')[0]}@{digest(image)}"


@_remembered
def size(image: str) -> int:
    """Return its bytes: 2 to 200 MB."""
    return 2_130_550 + int(sha256(image.encode()).hexdigest()[:12], 16) % 200_000_000


def pull_seconds(image: str) -> float:
    return round(0.4 + size(image) / 80_000_000, 3)
