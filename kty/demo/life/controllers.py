"""Every controller of a cluster, in the order in which they hear of a change."""

from collections.abc import Iterator

from kty.demo.life.controller import Controller
from kty.demo.life.deployments import Deployments
from kty.demo.life.expiry import EventExpiry
from kty.demo.life.kubelet import Kubelet
from kty.demo.life.nodebook import NodeBook
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.replicasets import ReplicaSets
from kty.demo.life.scheduler import Scheduler
from kty.demo.life.world import World


def controllers(world: World) -> Iterator[Controller]:
    """Make them; those that others ask come first, so that they know before the others hear."""
    nodes, occupancy = NodeBook(world), Occupancy(world)
    yield nodes
    yield occupancy
    yield Scheduler(world, nodes, occupancy)
    yield Kubelet(world, nodes)
    yield Deployments(world)
    yield ReplicaSets(world)
    yield EventExpiry(world)
