"""Who answers what is no plain read or write of a stored object."""

from functools import cache
from importlib import import_module
from typing import Final, cast

from kty.demo.call import Handler
from kty.demo.handlers import VERBS
from kty.demo.kinds import Kind
from kty.demo.statuses import method_not_allowed, no_such_resource

_REVIEWS: Final = "kty.demo.access.reviews:answer"
_METRICS: Final = "kty.demo.life.metrics:answer"

_PARTS: Final = {
    ("pods", "log"): "kty.demo.pods.logs:answer",
    ("pods", "exec"): "kty.demo.pods.exec:answer",
    ("pods", "attach"): "kty.demo.pods.exec:answer",
    ("pods", "portforward"): "kty.demo.pods.portforward:answer",
    ("pods", "ephemeralcontainers"): "kty.demo.pods.ephemeral:answer",
    ("pods", "eviction"): "kty.demo.life.eviction:answer",
    ("serviceaccounts", "token"): "kty.demo.access.reviews:token",
    ("namespaces", "finalize"): "kty.demo.namespaces:finalize",
}
"""Handlers of subresources. They are loaded when they are first asked for: most starts need none of them."""
_OF_PARTS: Final = frozenset({"get", "update", "patch"})


def handler(kind: Kind, verb: str, subresource: str) -> Handler:
    """Return who answers. Raises ApiError 404 for a subresource that the kind has not, 405 for a verb."""
    if subresource:
        if subresource not in kind.subresources:
            raise no_such_resource()
        if (kind.id, subresource) in _PARTS:
            return _loaded(_PARTS[kind.id, subresource])
        if verb not in _OF_PARTS:
            raise method_not_allowed()
        return VERBS[verb]
    if verb not in kind.resource.verbs:
        raise method_not_allowed()
    if kind.is_stored:
        return VERBS[verb]
    return _loaded(_METRICS if kind.resource.group == "metrics.k8s.io" else _REVIEWS)


@cache
def _loaded(place: str) -> Handler:
    module, _, name = place.partition(":")
    return cast("Handler", getattr(import_module(module), name))
