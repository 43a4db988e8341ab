"""Getting into pods: which container is meant, and a container with a shell beside one that has none."""

import asyncio
import secrets
from asyncio import sleep
from collections.abc import Callable
from contextlib import aclosing

from kty.errors import ServerFault, TooManyRequests, Unfinished, Unreachable
from kty.kube.api import Api
from kty.kube.changes import Added, Modified
from kty.kube.client import Client
from kty.kube.kinds import Container, ContainerStatus, Pod
from kty.kube.pods import add_ephemeral_container

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
"""The annotation that says which container is meant where none is named."""
PATIENCE = 120.0
"""Seconds that an image may take to be pulled, and its container to start."""
_HOPELESS = ("InvalidImageName", "ErrImageNeverPull", "ErrImagePull", "ImagePullBackOff", "CreateContainerError")


def default_container(pod: Pod) -> str:
    """Return the container that is meant where none is named, as kubectl chooses it; empty for a pod without any."""
    names = [each.name for each in pod.spec.containers] if pod.spec else []
    chosen = pod.metadata.annotations.get(DEFAULT_CONTAINER, "")
    return chosen if chosen in names else next(iter(names), "")


def has_terminal(pod: Pod, container: str) -> bool:
    """Say whether what runs in a container has a terminal that a person can sit at."""
    spec = pod.spec
    every = [*spec.containers, *spec.init_containers, *spec.ephemeral_containers] if spec else []
    return any(each.name == container and bool(each.tty) and bool(each.stdin) for each in every)


def why_not_running(pod: Pod, container: str) -> str:
    """Return the kubelet's word for why a container does not run, such as `CrashLoopBackOff`; empty where it runs, and
    where nothing is known of it."""
    status = pod.status
    if status is None:
        return ""
    every = [*status.container_statuses, *status.init_container_statuses, *status.ephemeral_container_statuses]
    states = [each.state for each in every if each.name == container]
    stopped = [state.get("waiting") or state.get("terminated") or {} for state in states]
    return next((str(state.get("reason", "")) for state in stopped), "")


async def debug_container(
    client: Client,
    namespace: str,
    pod: str,
    target: str,
    image: str,
    *,
    tell: Callable[[str], object] = lambda said: None,
    patience: float = PATIENCE,
) -> str:
    """Add a container that runs a shell of this image and sees the target's processes; return its name once it runs.

    `tell` hears what the kubelet says meanwhile. Raises Unfinished where it does not start within `patience` seconds
    or cannot, and what the requests raise. It stays in the pod, as ephemeral containers do.
    """
    name = f"debug-{secrets.token_hex(3)}"
    container = Container(name=name, image=image, command=["sh"], stdin=True, tty=True)
    await add_ephemeral_container(client, namespace, pod, container, target=target)
    try:
        async with asyncio.timeout(patience):
            while True:
                try:
                    if await _is_running(client, namespace, pod, name, tell):
                        return name
                except (Unreachable, ServerFault, TooManyRequests):
                    if client.is_closed:
                        raise
                await sleep(1.0)
    except TimeoutError as error:
        raise Unfinished(f"container {name} did not start within {patience:g} s") from error


async def _is_running(client: Client, namespace: str, pod: str, name: str, tell: Callable[[str], object]) -> bool:
    """Follow the pod until the container runs (true), or the server ends the watch (false)."""
    async with aclosing(Api.of(client, Pod, namespace).watch(fields=f"metadata.name={pod}")) as changes:
        async for change in changes:
            if isinstance(change, Added | Modified):
                status = change.obj.status
                every = status.ephemeral_container_statuses if status else []
                for each in every:
                    if each.name == name and _has_started(each, tell):
                        return True
    return False


def _has_started(container: ContainerStatus, tell: Callable[[str], object]) -> bool:
    if "running" in container.state:
        return True
    ended = container.state.get("terminated")
    if ended is not None:
        raise Unfinished(f"container {container.name} ended at once with {ended.get('exitCode')}")
    waiting = container.state.get("waiting") or {}
    reason, message = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
    if reason in _HOPELESS:
        raise Unfinished(f"container {container.name} cannot start: {message or reason}", hint="set debug_image")
    tell(message or reason)
    return False
