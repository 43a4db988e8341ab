import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.kube.discovery import Discovery
from kty.kube.resource import Resource
from kty.views.command_line import Show, SwitchContext, SwitchNamespaces, parse
from kty.views.completion import Completion, complete


def resource(group: str, kind: str, plural: str, *short_names: str, **more: object) -> Resource:
    return Resource(group, "v1", kind, plural, True, kind.lower(), short_names, **more)  # type: ignore[arg-type]


COMMON = {"categories": ("all",)}
CLUSTER = Resource("", "v1", "Node", "nodes", False, "node", ("no",))
RESOURCES = (
    resource("", "Binding", "bindings", verbs=frozenset({"create"})),
    resource("", "ConfigMap", "configmaps", "cm"),
    resource("", "Event", "events", "ev"),
    Resource("", "v1", "Namespace", "namespaces", False, "namespace", ("ns",)),
    CLUSTER,
    resource("", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc"),
    resource("", "PersistentVolume", "persistentvolumes", "pv"),
    resource("", "Pod", "pods", "po", **COMMON),
    resource("", "PodTemplate", "podtemplates"),
    resource("apps", "DaemonSet", "daemonsets", "ds", **COMMON),
    resource("apps", "Deployment", "deployments", "deploy", **COMMON),
    resource("events.k8s.io", "Event", "events", "ev"),
    resource("policy", "PodDisruptionBudget", "poddisruptionbudgets", "pdb"),
    resource("cert-manager.io", "Certificate", "certificates", "cert"),
    resource("metrics.k8s.io", "PodMetrics", "pods"),
)
CONTEXTS = ("kind-dev", "arn:aws:eks:eu-west-1:1:cluster/prod", "my cluster")
NAMESPACES = ("default", "kube-system", "shop-web", "web")


def offered(text: str, history: tuple[str, ...] = ()) -> list[Completion]:
    return complete(text, resources=RESOURCES, contexts=CONTEXTS, namespaces=NAMESPACES, history=history)


def inserts(text: str, history: tuple[str, ...] = ()) -> list[str]:
    return [choice.insert for choice in offered(text, history)]


def test_a_kind_is_offered_once_with_its_names() -> None:
    assert offered("deploym") == [Completion("deployments", "deployments", "deploy · Deployment · apps")]
    assert offered("configm") == [Completion("configmaps", "configmaps", "cm · ConfigMap")]


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("po", "pods"),
        ("PO", "pods"),
        (":po", "pods"),
        ("p", "pods"),
        ("pod", "pods"),
        ("podt", "podtemplates"),
        ("pv", "persistentvolumes"),
        ("pvc", "persistentvolumeclaims"),
        ("d", "daemonsets"),
        ("dep", "deployments"),
        ("map", "configmaps"),
        ("budget", "poddisruptionbudgets"),
        ("dpm", "deployments"),
        ("cert-man", "certificates"),
        ("Certificate.cert", "certificates"),
        ("ct", "ctx"),
        ("qu", "quit"),
        ("exi", "quit"),
        ("h", "help"),
    ],
)
def test_the_best_fit_comes_first(typed: str, best: str) -> None:
    assert inserts(typed)[0] == best


def test_the_fit_decides_the_order() -> None:
    assert inserts("pod") == ["pods", "pods.metrics.k8s.io", "podtemplates", "poddisruptionbudgets"]


def test_a_plural_that_is_taken_is_opened_by_its_group() -> None:
    assert inserts("events") == ["events", "events.events.k8s.io"]
    assert [choice.label for choice in offered("events")] == ["events", "events"]
    assert offered("events")[1].detail.endswith("events.k8s.io")


def test_what_cannot_be_listed_comes_last_and_says_why() -> None:
    last = offered("b")[-1]
    assert (last.insert, last.why_not) == ("bindings", "bindings cannot be listed")
    assert len(offered("b")) > 1
    assert not any(choice.why_not for choice in offered("b")[:-1])


def test_kinds_opened_lately_come_first_among_equal_fits() -> None:
    assert inserts("d")[:2] == ["daemonsets", "deployments"]
    assert inserts("d", ("deploy /web",))[:2] == ["deployments", "daemonsets"]
    assert inserts("p", ("pvc", "pv web"))[:3] == ["persistentvolumes", "persistentvolumeclaims", "pods"]
    assert inserts("po", ("podtemplates",))[0] == "pods"


def test_before_anything_is_typed_the_latest_lines_come_first() -> None:
    lines = ("no", "po web", "cm", "po web", "a", "b", "c")
    assert inserts("", lines)[:5] == ["c", "b", "a", "po web", "cm"]
    assert inserts("", lines)[5:9] == ["pods", "configmaps", "nodes", "daemonsets"]
    assert inserts("")[0] == "pods"
    assert offered("")[-1].why_not


@pytest.mark.parametrize("typed", ["xyzzy", "qt", "cmgo"])
def test_nothing_is_offered_for_letters_that_fit_no_name(typed: str) -> None:
    assert offered(typed) == []


def test_a_kind_comes_before_a_command_that_fits_as_well() -> None:
    kinds = (resource("example.com", "Cta", "ctas", "cta"),)
    choices = complete("ct", resources=kinds, contexts=(), namespaces=(), history=())
    assert [choice.insert for choice in choices] == ["ctas", "ctx"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("po ", ["po all", "po default", "po kube-system", "po shop-web", "po web"]),
        ("po we", ["po web", "po shop-web"]),
        ("po sys", ["po kube-system"]),
        ("po web,", ["po web,default", "po web,kube-system", "po web,shop-web"]),
        ("po web,def", ["po web,default"]),
        ("po web kube", ["po web kube-system"]),
        ("ns sho", ["ns shop-web"]),
        ("ns a", ["ns all", "ns default"]),
        ("po app=web de", ["po app=web default"]),
        ("no ", []),
        ("Node ", []),
        ("ctx ", ["ctx kind-dev", "ctx arn:aws:eks:eu-west-1:1:cluster/prod", "ctx my cluster"]),
        ("ctx prod", ["ctx arn:aws:eks:eu-west-1:1:cluster/prod"]),
        ("ctx my cl", ["ctx my cluster"]),
        ("po @kind", ["po @kind-dev"]),
        ("po web @my", ["po web @'my cluster'"]),
        ("po /we", []),
        ("po /we kube", []),
        ("po app=w", []),
        ("po -", []),
        ("po -l w", []),
        ("q ", []),
    ],
)
def test_the_next_word_is_a_namespace_or_a_context(text: str, expected: list[str]) -> None:
    assert inserts(text) == expected


PODS_THERE: dict[tuple[str, tuple[str, ...] | None], tuple[str, ...]] = {
    ("pods", None): ("db-0", "web-7d9-x1", "web-7d9-x2"),
    ("pods", ("kube-system",)): ("dns-1",),
    ("pods", ()): ("db-0", "db-0", "dns-1"),
    ("deployments.apps", None): ("shop", "web"),
}


def known(resource: Resource, namespaces: Sequence[str] | None) -> tuple[str, ...]:
    return PODS_THERE.get((resource.id, None if namespaces is None else tuple(namespaces)), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logs web", ["logs web-7d9-x1", "logs web-7d9-x2"]),
        ("logs x1 db", ["logs x1 db-0"]),
        ("logs dep", ["logs deploy/"]),
        ("logs de", ["logs deploy/"]),
        ("logs db", ["logs db-0"]),
        ("logs deploy/", ["logs deploy/shop", "logs deploy/web"]),
        ("logs Deployment/w", ["logs Deployment/web"]),
        ("logs cm/", []),
        ("logs nonsense/w", []),
        (
            "logs -n kube-system d",
            ["logs -n kube-system ds/", "logs -n kube-system dns-1", "logs -n kube-system deploy/"],
        ),
        ("logs -nkube-system dns", ["logs -nkube-system dns-1"]),
        ("logs -n all db", ["logs -n all db-0"]),
        ("logs -n kube", ["logs -n kube-system"]),
        ("logs db-0 -c w", []),
        ("logs -l w", []),
        ("logs @my web", []),
        ("logs web /we", []),
    ],
)
def test_pods_and_what_has_pods_are_offered_for_logs(text: str, expected: list[str]) -> None:
    found = complete(text, resources=RESOURCES, contexts=CONTEXTS, namespaces=NAMESPACES, history=(), names=known)
    assert [choice.insert for choice in found] == expected


def test_the_first_thing_offered_for_logs_are_pods_then_kinds_then_options() -> None:
    found = complete("logs ", resources=RESOURCES, contexts=(), namespaces=(), history=(), names=known)
    words = [choice.label for choice in found]
    assert words == ["db-0", "web-7d9-x1", "web-7d9-x2", "ds/", "deploy/", "ns/", "no/", "-l", "-n", "-c", "-p"]


@pytest.mark.parametrize("name", ["my cluster", "it's", 'a"b', "f(x)", "plain"])
def test_a_context_is_inserted_so_that_it_is_read_back(name: str) -> None:
    (choice,) = complete("po @", resources=RESOURCES, contexts=[name], namespaces=(), history=())
    command = parse(choice.insert, find=Discovery(RESOURCES).find, contexts=[name], namespaces=())
    assert isinstance(command, Show)
    assert command.context == name


def test_every_kind_of_a_server_is_opened_by_what_is_inserted_for_it() -> None:
    answers = json.loads((Path(__file__).parents[1] / "kube/discovery/aggregated.json").read_text())
    found = tuple(
        Resource(
            group["metadata"].get("name", ""),
            version["version"],
            entry["responseKind"]["kind"],
            entry["resource"],
            entry["scope"] == "Namespaced",
            entry["singularResource"],
            tuple(entry.get("shortNames", ())),
            frozenset(entry["verbs"]),
        )
        for answer in answers.values()
        for group in answer["items"]
        for version in group["versions"][:1]
        for entry in version.get("resources", ())
    )
    discovery = Discovery(found)
    choices = complete("", resources=found, contexts=(), namespaces=(), history=())
    own = ("ctx", "logs", "portforwards", "help", "quit", "theme")
    kinds = [choice.insert for choice in choices if choice.insert not in own]
    assert sorted(discovery.find(kind)[0].id for kind in kinds) == sorted(one.id for one in found)
    for choice in choices:
        if not choice.why_not:
            command = parse(choice.insert, find=discovery.find, contexts=(), namespaces=())
            assert not isinstance(command, SwitchContext | SwitchNamespaces)


@given(st.text(), st.lists(st.text(min_size=1)).map(tuple))
def test_whatever_is_typed_can_be_completed(text: str, history: tuple[str, ...]) -> None:
    for choice in offered(text, history):
        assert choice.insert


def test_themes_are_offered_by_name() -> None:
    def themes(text: str) -> list[str]:
        found = complete(text, resources=(), contexts=(), namespaces=(), history=(), themes=("auto", "light", "nord"))
        return [choice.insert for choice in found]

    assert themes("the") == ["theme"]
    assert themes("theme ") == ["theme auto", "theme light", "theme nord"]
    assert themes("theme li") == ["theme light"]
