"""Network policies: whose traffic they restrict."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.reading import mapped
from kty.views.selectors import from_label_selector


def uses(policy: Object) -> Iterable[Use]:
    """Return the pods that it selects. An empty selector is left out: it is for all pods, and would be everywhere."""
    if labels := from_label_selector(mapped(policy, "spec", "podSelector")):
        yield Use("pods", labels=labels, via="restricts")


USES = Uses("networkpolicies.networking.k8s.io", frozenset({"pods"}), uses)
