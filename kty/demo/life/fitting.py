"""Why a pod does not fit on a node, in the scheduler's words."""

from functools import partial

from kty.demo.life.nodebook import NodeFacts
from kty.demo.life.podstate import get
from kty.demo.life.requests import Amounts
from kty.demo.life.taints import KEEPING_AWAY, tolerates, untolerated
from kty.kube.objects import Object
from kty.kube.selectors import Requirement, Selector

_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!", "Gt": ">", "Lt": "<"}


def why_not(pod: Object, needs: Amounts, node: NodeFacts, taken: Amounts, guests: int) -> tuple[list[str], bool]:
    """Return the reasons of the first test that the node fails, and whether moving other pods away would help."""
    spec = pod["spec"]
    tolerations = spec.get("tolerations") or []
    if node.is_cordoned and not tolerates(tolerations, _UNSCHEDULABLE):
        return ["node(s) were unschedulable"], False
    if untolerated(node.taints, tolerations, KEEPING_AWAY) is not None:
        return ["node(s) had untolerated taint(s)"], False
    if not matches_node(spec, node):
        return ["node(s) didn't match Pod's node affinity/selector"], False
    return _lacking(needs, node, taken, guests)


def matches_node(spec: Object, node: NodeFacts) -> bool:
    """Say whether a pod's node selector and required affinity choose this node."""
    wanted = spec.get("nodeSelector") or {}
    if not {f"{key}={value}" for key, value in wanted.items()} <= set(node.labels):
        return False
    required = get(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return any(map(partial(_term_matches, node), required.get("nodeSelectorTerms") or ()))


def _term_matches(node: NodeFacts, term: Object) -> bool:
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    return _selects(expressions, node.labels) and _selects(fields, (f"metadata.name={node.name}",))


def _selects(expressions: list[Object], labels: tuple[str, ...]) -> bool:
    required = [
        Requirement(each["key"], _OPERATORS[each["operator"]], tuple(sorted(each.get("values") or ())))  # type: ignore[arg-type]
        for each in expressions
    ]
    return Selector(tuple(required)).matches(labels)


def _lacking(needs: Amounts, node: NodeFacts, taken: Amounts, guests: int) -> tuple[list[str], bool]:
    reasons, is_curable = [], True
    if guests + 1 > node.allocatable["pods"] // 1000:
        reasons.append("Too many pods")
    for name, wanted in needs.items():
        if wanted > node.allocatable[name] - taken[name] and wanted:
            reasons.append(f"Insufficient {name}")
            is_curable = is_curable and wanted <= node.allocatable[name]
    return reasons, is_curable


def load(needs: Amounts, node: NodeFacts, taken: Amounts) -> float:
    """Return how full the node would be: the mean of the shares of its processors and its memory."""
    shares = [
        (taken[name] + needs[name]) / node.allocatable[name] for name in ("cpu", "memory") if node.allocatable[name]
    ]
    return sum(shares) / len(shares) if shares else 1.0
