"""What pods and nodes use, as metrics.k8s.io says it (k8s.io/metrics, pkg/apis/metrics/v1beta1).

The kinds can be listed but not watched. A sample is a mean over a window that ended at its timestamp; whoever serves
them (metrics-server, an adapter of Prometheus) has a new one every 15 to 60 seconds.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from kty.kube.codecs import read_page
from kty.kube.objects import Key, epoch
from kty.kube.quantity import QuantityMistake, measured
from kty.kube.resource import Resource

_LISTED = frozenset({"get", "list"})
POD_METRICS = Resource("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", verbs=_LISTED)
NODE_METRICS = Resource("metrics.k8s.io", "v1beta1", "NodeMetrics", "nodes", namespaced=False, verbs=_LISTED)


class Usage(Struct, frozen=True, gc=False):
    """What one pod or node used, part by part."""

    at: float
    """When the sample ended, in seconds since the epoch; 0 where it does not say."""
    parts: tuple[str, ...]
    """The names of a pod's containers; one empty name for a node."""
    cpu: tuple[float, ...]
    """Cores, for each part."""
    memory: tuple[float, ...]
    """Bytes, for each part."""

    def only(self, part: str) -> "Usage | None":
        """Return what one part used, as a whole of its own; None where there is no such part."""
        if part not in self.parts:
            return None
        at = self.parts.index(part)
        return Usage(self.at, ("",), (self.cpu[at],), (self.memory[at],))


class _Metadata(Struct, gc=False):
    name: str = ""
    namespace: str = ""


class _Amounts(Struct, gc=False):
    cpu: str = "0"
    memory: str = "0"


class _Container(Struct, gc=False):
    usage: _Amounts
    name: str = ""


class _Measured(Struct, gc=False):
    metadata: _Metadata
    timestamp: str = ""
    containers: list[_Container] | None = None
    usage: _Amounts | None = None


_decode = msgspec.json.Decoder(_Measured).decode
_epoch = lru_cache(maxsize=512)(epoch)  # all pods of a node are measured at once


def read_usages(body: bytes) -> Iterator[tuple[Key, Usage]]:
    """Read a PodMetricsList or NodeMetricsList, item by item; what is odd is left out. Raises NotKubernetes."""
    return _read(read_page(body).items)


def _read(items: Sequence[msgspec.Raw]) -> Iterator[tuple[Key, Usage]]:
    kept: dict[tuple[str, ...], tuple[str, ...]] = {}
    for raw in items:
        try:
            item = _decode(raw)
            if item.containers == []:
                continue  # nothing was measured
            amounts = [item.usage or _Amounts()] if item.containers is None else [e.usage for e in item.containers]
            cpu = tuple([measured(each.cpu) for each in amounts])
            memory = tuple([measured(each.memory) for each in amounts])
        except (msgspec.MsgspecError, UnicodeDecodeError, QuantityMistake):
            continue
        names = ("",) if item.containers is None else tuple([each.name for each in item.containers])
        parts = kept.setdefault(names, names)
        yield (item.metadata.namespace, item.metadata.name), Usage(_epoch(item.timestamp) or 0.0, parts, cpu, memory)
