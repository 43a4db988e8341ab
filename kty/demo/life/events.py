"""Tells the story: events (core/v1) about objects, the same one counted and not written again."""

from collections import OrderedDict
from typing import NamedTuple, TypeAlias

from kty.demo.life.world import World
from kty.demo.options import Options
from kty.demo.statuses import ApiError
from kty.demo.times import micro_timestamp, timestamp
from kty.kube.objects import Object

TTL = 3600.0
"""Seconds after its last write for which the API server keeps an event."""
REMEMBERED = 4096
"""Events that are counted up when they happen again; older ones begin anew."""

_Same: TypeAlias = tuple[str, str, str, str, str]


class Recorder:
    """One for each component that reports."""

    def __init__(self, world: World, component: str, *, is_modern: bool = False) -> None:
        """A modern one speaks as events.k8s.io does: an exact time, an action, and a series where others count."""
        self._world = world
        self._component = component
        self._is_modern = is_modern
        self._options = Options(field_manager=component)
        self._known: OrderedDict[_Same, tuple[str, str]] = OrderedDict()

    def normal(self, about: Object, reason: str, message: str, **where: str) -> None:
        """Say that something went as it should; `about` needs kind, apiVersion and metadata; `where` is as in Told."""
        self._record("Normal", Told(about, reason, message, **where))

    def warning(self, about: Object, reason: str, message: str, **where: str) -> None:
        """Say that something went wrong."""
        self._record("Warning", Told(about, reason, message, **where))

    def _record(self, kind: str, told: "Told") -> None:
        if self._world.now() < self._world.horizon:
            return
        meta = told.about["metadata"]
        same = (meta.get("uid", ""), told.reason, told.message, told.host, told.path)
        if (known := self._known.get(same)) and self._again(*known):
            self._known.move_to_end(same)
            return
        namespace = meta.get("namespace") or "default"
        name = f"{meta['name']}.{int(self._world.now() * 1e9) + self._world.random.getrandbits(20):x}"
        event = {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": told.involved(),
            "reason": told.reason,
            "message": told.message[:1024],
            "type": kind,
            **self._times(told),
        }
        try:
            self._world.registry.create("events", event, self._options)
        except ApiError:
            return  # its namespace is going, and with it the story
        self._known[same] = (namespace, name)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _times(self, told: "Told") -> Object:
        now = self._world.now()
        if self._is_modern:
            return {
                "source": {},
                "firstTimestamp": None,
                "lastTimestamp": None,
                "eventTime": micro_timestamp(now),
                "action": told.action,
                "reportingComponent": self._component,
                "reportingInstance": f"{self._component}-control-plane",
            }
        return {
            "source": {"component": self._component, **({"host": told.host} if told.host else {})},
            "firstTimestamp": timestamp(now),
            "lastTimestamp": timestamp(now),
            "count": 1,
            "eventTime": None,
            "reportingComponent": self._component,
            "reportingInstance": told.host,
        }

    def _again(self, namespace: str, name: str) -> bool:
        """Count an event once more; False when it is there no more."""
        now, event = self._world.now(), self._world.registry.find("events", namespace, name)
        if event is None:
            return False
        if self._is_modern:
            count = (event.get("series") or {"count": 1})["count"] + 1
            event["series"] = {"count": count, "lastObservedTime": micro_timestamp(now)}
        else:
            event["count"] = event.get("count", 1) + 1
            event["lastTimestamp"] = timestamp(now)
        self._world.registry.report("events", event, self._options, subresource="")
        return True


class Told(NamedTuple):
    """What is said about an object."""

    about: Object
    reason: str
    message: str
    host: str = ""
    path: str = ""
    """Of the field that it is about."""
    action: str = ""

    def involved(self) -> Object:
        meta = self.about["metadata"]
        involved = {"kind": self.about["kind"], "apiVersion": self.about["apiVersion"], "name": meta["name"]}
        for field in ("namespace", "uid", "resourceVersion"):
            if meta.get(field):
                involved[field] = meta[field]
        if self.path:
            involved["fieldPath"] = self.path
        return involved
