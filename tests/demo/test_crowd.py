"""Thousands of pods: as the controllers would have made them, though none of them looked."""

import msgspec
import pytest

from kty.demo.crowd import fill
from kty.demo.demo import Demo
from kty.demo.life.engine import Life
from kty.demo.stencil import Stencil
from kty.demo.store import decode
from kty.kube.objects import Object
from tests.runtime.fake_clock import FakeClock

PODS = 240


class _Crowd:
    def __init__(self, pods: int = PODS, seed: int = 0) -> None:
        self.clock = FakeClock()
        self.demo = Demo(clock=self.clock, seed=seed)
        fill(self.demo.registry, pods)
        self.demo.life.settle()

    def live(self, seconds: float) -> None:
        life, end = self.demo.life, self.clock.now() + seconds
        life.settle()
        while (due := life.next_due()) is not None and due <= end:
            self.clock.move(max(due - self.clock.now(), 0.0))
            life.settle()
        self.clock.move(max(end - self.clock.now(), 0.0))

    def all(self, kind: str) -> list[Object]:
        return self.demo.registry.list(kind)


@pytest.fixture
def crowd() -> _Crowd:
    return _Crowd()


def test_a_stencil_fills_its_gaps() -> None:
    stencil = Stencil(b'{"name":"x-app-x","of":"x-app-x-1"}', {"app": "x-app-x", "which": "-1"})
    assert stencil.fill({"app": b"web", "which": b"-2"}) == b'{"name":"web","of":"web-2"}'


def test_there_are_as_many_as_were_asked_for(crowd: _Crowd) -> None:
    pods = crowd.all("pods")
    assert len(pods) == PODS
    assert all(pod["status"]["phase"] == "Running" for pod in pods)
    assert {pod["spec"]["nodeName"] for pod in pods} == {"node-0000", "node-0001", "node-0002"}
    assert len(crowd.all("deployments.apps")) == 5
    assert len({pod["metadata"]["uid"] for pod in pods}) == PODS
    assert len({pod["status"]["podIP"] for pod in pods}) == PODS
    assert 6000 < sum(len(held.body) for held in crowd.demo.registry.store.held("pods")) / PODS < 10_000


def test_the_index_says_what_the_objects_say(crowd: _Crowd) -> None:
    store = crowd.demo.registry.store
    for kind in ("nodes", "deployments.apps", "replicasets.apps", "pods"):
        for held in store.held(kind):
            meta = decode(held.body)["metadata"]
            assert (meta["name"], meta.get("namespace", ""), meta["uid"]) == (held.name, held.namespace, held.uid)
            assert meta["resourceVersion"] == str(held.version)
            assert tuple(sorted(f"{key}={value}" for key, value in meta["labels"].items())) == held.labels
            assert tuple(owner["uid"] for owner in meta.get("ownerReferences", ())) == held.owners
    versions = [held.version for kind in crowd.demo.kinds for held in store.held(kind.id)]
    assert len(set(versions)) == len(versions)
    assert max(versions) <= store.version


def test_nothing_of_the_pattern_shows_through(crowd: _Crowd) -> None:
    for kind in ("nodes", "deployments.apps", "replicasets.apps", "pods"):
        for held in crowd.demo.registry.store.held(kind):
            assert b"x-" not in held.body.replace(b"max-", b"")
            msgspec.json.decode(held.body)


def test_no_controller_would_have_made_them_otherwise(crowd: _Crowd) -> None:
    """A life that looks at every object writes nothing."""
    version = crowd.demo.registry.store.version
    Life(crowd.demo.registry).settle()
    assert crowd.demo.registry.store.version == version


def test_a_pod_that_is_deleted_is_replaced(crowd: _Crowd) -> None:
    pod = crowd.all("pods")[0]
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    crowd.demo.registry.delete("pods", namespace, name)
    crowd.live(60)
    assert crowd.demo.registry.find("pods", namespace, name) is None
    pods = crowd.all("pods")
    assert len(pods) == PODS
    assert all(pod["spec"]["nodeName"].startswith("node-") for pod in pods)
    assert all(each["status"] == "True" for pod in pods for each in pod["status"]["conditions"])
    assert len({pod["status"]["podIP"] for pod in pods}) == PODS


def test_a_deployment_of_the_crowd_can_be_scaled_and_deleted(crowd: _Crowd) -> None:
    deployment = crowd.all("deployments.apps")[0]
    meta = deployment["metadata"]

    def scale(deployment: Object) -> None:
        deployment["spec"]["replicas"] = 3

    size = deployment["spec"]["replicas"]
    crowd.demo.registry.change("deployments.apps", meta["namespace"], meta["name"], scale)
    crowd.live(60)
    assert len(crowd.all("pods")) == PODS - size + 3
    crowd.demo.registry.delete("deployments.apps", meta["namespace"], meta["name"])
    crowd.live(60)
    assert len(crowd.all("pods")) == PODS - size


def test_the_same_seed_gives_the_same_crowd() -> None:
    def told(seed: int) -> list[bytes]:
        return [held.body for held in _Crowd(60, seed).demo.registry.store.held("pods")]

    assert told(1) == told(1)
    assert told(1) != told(2)


@pytest.mark.parametrize("pods", [1, 50, 51, 101])
def test_any_number_will_do(pods: int) -> None:
    crowd = _Crowd(pods)
    assert len(crowd.all("pods")) == pods
    version = crowd.demo.registry.store.version
    Life(crowd.demo.registry).settle()
    assert crowd.demo.registry.store.version == version
