"""LabelSelectors (meta/v1), as objects carry them."""

from functools import lru_cache

from kty.demo.store import decode, encode
from kty.kube.objects import Object
from kty.kube.selectors import Selector, from_object


def selector_of(content: Object | None) -> Selector | None:
    """Return a LabelSelector as one that matches; None for none at all, which selects nothing."""
    return None if content is None else _selector(encode(content))


def matching(labels: Object | None) -> Selector | None:
    """Return the selector of a plain map of labels, as services have it; none selects nothing."""
    return selector_of({"matchLabels": labels}) if labels else None


@lru_cache(4096)
def _selector(content: bytes) -> Selector:
    return from_object(decode(content))
