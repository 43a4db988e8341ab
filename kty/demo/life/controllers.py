"""Every controller of a cluster, in the order in which they have their turn."""

from collections.abc import Iterator

from kty.demo.access.aggregation import RoleAggregation
from kty.demo.life.autoscalers import Autoscalers
from kty.demo.life.budgets import Budgets
from kty.demo.life.controller import Controller
from kty.demo.life.cronjobs import CronJobs
from kty.demo.life.daemonsets import DaemonSets
from kty.demo.life.deployments import Deployments
from kty.demo.life.endpointslices import EndpointSlices
from kty.demo.life.expiry import EventExpiry
from kty.demo.life.garbage import GarbageCollector
from kty.demo.life.jobs import Jobs
from kty.demo.life.kubelet import Kubelet
from kty.demo.life.namespace_defaults import NamespaceDefaults
from kty.demo.life.nodebook import NodeBook
from kty.demo.life.nodes import Heartbeats, NodeTaints
from kty.demo.life.occupancy import Occupancy
from kty.demo.life.replicasets import ReplicaSets
from kty.demo.life.scheduler import Scheduler
from kty.demo.life.statefulsets import StatefulSets
from kty.demo.life.taint_eviction import TaintEviction
from kty.demo.life.volumes import Volumes
from kty.demo.life.world import World


def controllers(world: World, nodes: NodeBook, occupancy: Occupancy) -> Iterator[Controller]:
    """Make them. Who comes first hears first and acts first: pods before those who count them."""
    yield nodes
    yield occupancy
    yield NamespaceDefaults(world)
    yield RoleAggregation(world.registry)
    yield NodeTaints(world)
    yield TaintEviction(world, nodes, occupancy)
    yield Scheduler(world, nodes, occupancy)
    yield Kubelet(world, nodes, occupancy)
    yield Volumes(world)
    yield ReplicaSets(world)
    yield StatefulSets(world)
    yield DaemonSets(world, nodes)
    yield Jobs(world)
    yield CronJobs(world)
    yield Deployments(world)
    yield EndpointSlices(world)
    yield Budgets(world)
    yield Autoscalers(world)
    yield GarbageCollector(world)
    yield Heartbeats(world)
    yield EventExpiry(world)
