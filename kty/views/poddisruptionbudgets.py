"""Pod disruption budgets: what they guard."""

from collections.abc import Iterable

from kty.kube.objects import Object
from kty.runtime.uses import Use, Uses
from kty.views.reading import mapped
from kty.views.selectors import from_label_selector


def uses(budget: Object) -> Iterable[Use]:
    """Return the pods that it guards. An empty selector, which is for all pods, is left out: it would be everywhere."""
    if labels := from_label_selector(mapped(budget, "spec", "selector")):
        yield Use("pods", labels=labels, via="guards")


USES = Uses("poddisruptionbudgets.policy", frozenset({"pods"}), uses)
