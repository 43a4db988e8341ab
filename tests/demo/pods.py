"""A demo in which nothing moves by itself, and pods that are as the test says."""

from contextlib import aclosing
from typing import Any

from kty.demo.demo import Demo
from kty.demo.pods.log_lines import Line, Lines
from kty.demo.pods.log_sources import lines_of
from kty.demo.pods.runs import run_to_log
from kty.demo.times import timestamp
from tests.runtime.fake_clock import FakeClock

NODE = "node-1"


def demo_at(clock: FakeClock, seed: int = 0) -> Demo:
    return Demo(clock=clock, seed=seed)


def run_pod(
    demo: Demo,
    name: str = "one",
    *,
    image: str = "registry.example/shop/api:1",
    since: float = 60.0,
    ended: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    volumes: list[dict[str, Any]] | None = None,
    **container: Any,
) -> Any:
    """Make a pod whose one container runs for so many seconds; or that ended now, as `ended` says."""
    started = timestamp(demo.clock.now() - since)
    number = f"containerd://{name}"
    state: dict[str, Any] = {"running": {"startedAt": started}}
    if ended is not None:
        over = {"startedAt": started, "finishedAt": timestamp(demo.clock.now()), "containerID": number, **ended}
        state = {"terminated": over}
    status = {"name": "main", "image": image, "containerID": number, "state": state, "lastState": {}, "restartCount": 0}
    return demo.registry.create(
        "pods",
        {
            "metadata": {"name": name, "namespace": "default", "annotations": annotations or {}},
            "spec": {
                "nodeName": NODE,
                "containers": [{"name": "main", "image": image, **container}],
                "volumes": volumes or [],
            },
            "status": {"phase": "Running", "podIP": "10.244.0.9", "containerStatuses": [status]},
        },
    )


def log_of(demo: Demo, pod: Any, *, previous: bool = False) -> Lines:
    return lines_of(demo, pod, "main", run_to_log(pod, "main", previous=previous))


async def read(lines: Lines, until: float, since: int = 0) -> list[Line]:
    async with aclosing(lines.read(since=since, until=until)) as coming:
        return [line async for line in coming]


async def text(lines: Lines, until: float) -> bytes:
    return b"".join([line.data for line in await read(lines, until)])
