"""What is done to a pod that runs: evict it, look into it with one more container, give it other resources."""

from collections.abc import Mapping

from kty.kube.api import Api
from kty.kube.connection import Connection
from kty.kube.kinds import Container, Pod
from kty.kube.objects import Object
from kty.kube.parameters import WriteOptions, delete_options
from kty.kube.patches import Strategic
from kty.kube.writing import plain


async def evict(
    client: Connection,
    namespace: str,
    name: str,
    *,
    grace: int | None = None,
    dry_run: bool = False,
    uid: str = "",
    version: str = "",
) -> None:
    """Ask the pod to leave (policy/v1 Eviction): it is deleted, unless a disruption budget forbids that now.

    `grace` is in seconds. Raises TooManyRequests where a budget forbids it, NotFound, and Conflict where there is
    a pod of another `uid` or `version`.
    """
    options = delete_options(grace=grace, dry_run=dry_run, uid=uid, version=version)
    metadata = {"name": name, "namespace": namespace}
    eviction: Object = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": metadata, "deleteOptions": options}
    await Api.of(client, Pod, namespace).subresource("eviction").create(name, eviction)


async def add_ephemeral_container(
    client: Connection,
    namespace: str,
    name: str,
    container: Container | Object,
    *,
    target: str = "",
    options: WriteOptions | None = None,
) -> Pod:
    """Add a container to a pod that runs; it can neither be changed nor removed again.

    `target` names a container whose processes it shall see. Raises Invalid where its name is taken.
    """
    wanted = {**plain(container), **({"targetContainerName": target} if target else {})}
    part = Api.of(client, Pod, namespace).subresource("ephemeralcontainers", kind=Pod)
    return await part.patch(name, Strategic({"spec": {"ephemeralContainers": [wanted]}}), **(options or {}))


async def resize(
    client: Connection,
    namespace: str,
    name: str,
    resources: Mapping[str, Object],
    *,
    options: WriteOptions | None = None,
) -> Pod:
    """Give containers other resources while they run (Kubernetes 1.33 and later); return the pod as it shall be.

    `resources` is by container: `{"main": {"requests": {"cpu": "200m"}}}`; what is not named stays. Whether and when
    the node did it, the pod's status says.
    """
    containers = [{"name": container, "resources": dict(wanted)} for container, wanted in resources.items()]
    part = Api.of(client, Pod, namespace).subresource("resize", kind=Pod)
    return await part.patch(name, Strategic({"spec": {"containers": containers}}), **(options or {}))
