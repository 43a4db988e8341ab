"""Which kind of source the log of a container has."""

from typing import TYPE_CHECKING

from kty.demo.life.behaviour import LAST_WORDS
from kty.demo.pods.apps import app_of
from kty.demo.pods.building import command_of
from kty.demo.pods.containers import containers_of
from kty.demo.pods.log_lines import Generated, Lines
from kty.demo.pods.log_replay import Replayed
from kty.demo.pods.runs import Run, spec
from kty.demo.pods.styles import Context
from kty.kube.objects import Object

if TYPE_CHECKING:
    from kty.demo.demo import Demo


def lines_of(demo: "Demo", pod: Object, name: str, run: Run) -> Lines:
    """Return what a run of a container has said."""
    one, meta = spec(pod, name), pod["metadata"]
    if not command_of(one, {}):
        words = (meta.get("annotations") or {}).get(LAST_WORDS, "") if run.code else ""
        context = Context(name, meta["name"], words)
        return Generated(app_of(one), run, context, f"{meta['uid']}/{name}", demo.clock)
    if (one.get("stdin") or one.get("tty")) and run.finished is None:
        container = containers_of(demo).container(pod, name)
        if container is not None and container.first is not None:
            return container.first
    return Replayed(demo, pod, one, run)
