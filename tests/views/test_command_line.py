from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.discovery import Discovery
from kty.kube.resource import Resource
from kty.text import is_printable
from kty.views.command_line import (
    Command,
    Help,
    Quit,
    Show,
    ShowContexts,
    ShowNamespaces,
    ShowPortForwards,
    SwitchContext,
    SwitchNamespaces,
    SwitchTheme,
    parse,
)

CREATE = frozenset({"create"})
BINDINGS = Resource("", "v1", "Binding", "bindings", singular="binding", verbs=CREATE)
EVENTS = Resource("", "v1", "Event", "events", singular="event", short_names=("ev",))
NAMESPACES = Resource("", "v1", "Namespace", "namespaces", False, "namespace", ("ns",))
NODES = Resource("", "v1", "Node", "nodes", False, "node", ("no",))
PODS = Resource("", "v1", "Pod", "pods", singular="pod", short_names=("po",))
DEPLOYMENTS = Resource("apps", "v1", "Deployment", "deployments", singular="deployment", short_names=("deploy",))
MEASURES = Resource("metrics.example.com", "v1", "PodMeasure", "measures", verbs=CREATE)
USERS = Resource("crd.example.com", "v1", "User", "users", singular="user")
LISTED = Resource("list.example.com", "v1", "Measure", "measures", singular="measure")
DISCOVERY = Discovery((BINDINGS, EVENTS, NAMESPACES, NODES, PODS, DEPLOYMENTS, MEASURES, USERS, LISTED))

CONTEXTS = ["kind-dev", "arn:aws:eks:eu-west-1:1:cluster/prod", "admin@prod", "my cluster"]
KNOWN = ["default", "kube-system", "web", "a", "b"]


def read(text: str, **known: Any) -> Command:
    given = {"contexts": CONTEXTS, "namespaces": KNOWN, "resources": DISCOVERY.resources, **known}
    return parse(text, find=DISCOVERY.find, **given)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("po", Show(PODS)),
        (":po", Show(PODS)),
        ("  :  PODS  ", Show(PODS)),
        ("Pod", Show(PODS)),
        ("deployments.apps", Show(DEPLOYMENTS)),
        ("po kube-system", Show(PODS, ("kube-system",))),
        ("po a,b", Show(PODS, ("a", "b"))),
        ("po a b", Show(PODS, ("a", "b"))),
        ("po a, b,,a", Show(PODS, ("a", "b"))),
        ("po all", Show(PODS, ())),
        ("po *", Show(PODS, ())),
        ("po a,all b", Show(PODS, ())),
        ("po -A", Show(PODS, ())),
        ("po --all-namespaces /web -l x=y", Show(PODS, (), "web", "x=y")),
        ("po /web -A", Show(PODS, (), "web")),
        ("po /web --all-namespaces", Show(PODS, (), "web")),
        ("po /web --namespace=a /db", Show(PODS, ("a",), "web db")),
        ("po /a -name", Show(PODS, filter="a -name")),
        ("no -A", Show(NODES)),
        ("po -n a", Show(PODS, ("a",))),
        ("po -na /web", Show(PODS, ("a",), "web")),
        ("po /web -n a -n b", Show(PODS, ("a", "b"), "web")),
        ("po --namespace=a,b", Show(PODS, ("a", "b"))),
        ("po /not-nice", Show(PODS, filter="not-nice")),
        ("no", Show(NODES)),
        ("no all", Show(NODES)),
        ("po /web", Show(PODS, filter="web")),
        ("po/web", Show(PODS, filter="web")),
        ("deploy /web", Show(DEPLOYMENTS, filter="web")),
        ("po /web !db  restarts>3", Show(PODS, filter="web !db  restarts>3")),
        ("po /it's (half", Show(PODS, filter="it's (half")),
        ("po /a /b", Show(PODS, filter="a /b")),
        ("po /", Show(PODS)),
        ("po kube-system /web -l x=y", Show(PODS, ("kube-system",), "web", "x=y")),
        ("po -l x=y kube-system /web", Show(PODS, ("kube-system",), "web", "x=y")),
        ("po /web -l x=y /db", Show(PODS, filter="web db", labels="x=y")),
        ("po /web-label", Show(PODS, filter="web-label")),
        ("po app=web", Show(PODS, labels="app=web")),
        ("po app!=web a", Show(PODS, ("a",), labels="app!=web")),
        ("po -l app=web", Show(PODS, labels="app=web")),
        ("po -lapp=web", Show(PODS, labels="app=web")),
        ("po -l app", Show(PODS, labels="app")),
        ("po -l !app", Show(PODS, labels="!app")),
        ("po -l app=web -l tier=db", Show(PODS, labels="app=web,tier=db")),
        ("po 'app in (a, b)'", Show(PODS, labels="app in (a,b)")),
        ('po -l "app in (a, b)" web', Show(PODS, ("web",), labels="app in (a,b)")),
        ("po -l app in (a, b) web", Show(PODS, ("web",), labels="app in (a,b)")),
        ("po app notin (a,b),tier=x /y", Show(PODS, labels="app notin (a,b),tier=x", filter="y")),
        ("po app='web'", Show(PODS, labels="app=web")),
        ("po @kind-dev", Show(PODS, context="kind-dev")),
        ("po @admin@prod", Show(PODS, context="admin@prod")),
        ("po @'my cluster' /web", Show(PODS, context="my cluster", filter="web")),
        ("po /web @kind-dev", Show(PODS, context="kind-dev", filter="web")),
        ("po elsewhere @kind-dev", Show(PODS, ("elsewhere",), context="kind-dev")),
        ("measures", Show(LISTED)),
        ("ns", ShowNamespaces()),
        ("Namespaces", ShowNamespaces()),
        ("ns web", SwitchNamespaces(("web",))),
        ("ns a,b", SwitchNamespaces(("a", "b"))),
        ("ns all", SwitchNamespaces(())),
        ("ns *", SwitchNamespaces(())),
        ("ns /kube", Show(NAMESPACES, filter="kube")),
        ("ns team=red", Show(NAMESPACES, labels="team=red")),
        ("ctx", ShowContexts()),
        ("contexts", ShowContexts()),
        ("ctx kind-dev", SwitchContext("kind-dev")),
        ("ctx arn:aws:eks:eu-west-1:1:cluster/prod", SwitchContext("arn:aws:eks:eu-west-1:1:cluster/prod")),
        ("context my cluster", SwitchContext("my cluster")),
        ("ctx 'my cluster'", SwitchContext("my cluster")),
        ("q", Quit()),
        ("quit", Quit()),
        ("exit", Quit()),
        ("q!", Quit()),
        ("pf", ShowPortForwards()),
        ("portforwards", ShowPortForwards()),
        ("help", Help()),
        ("h", Help()),
        ("?", Help()),
    ],
)
def test_a_line_is_read(text: str, command: Command) -> None:
    assert read(text) == command


@pytest.mark.parametrize(("word", "resource"), [("events", EVENTS), ("users", USERS)])
def test_words_that_the_shell_reserves_are_kinds_here(word: str, resource: Resource) -> None:
    assert read(word) == Show(resource)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no kind is named: type one, such as pods"),
        (" : ", "no kind is named: type one, such as pods"),
        ("/web", "no kind is named: type one, such as pods"),
        ("deployemnt", "no kind is called `deployemnt`: did you mean deployments?"),
        ("evnet", "no kind is called `evnet`: did you mean events?"),
        ("xyzzy", "no kind is called `xyzzy`: type a part of its name to see what there is"),
        ("\x1b[2J", "no kind is called `\\x1b[2J`: type a part of its name to see what there is"),
        ("bindings", "bindings cannot be listed"),
        ("q now", "nothing can follow `q`"),
        ("po kube-sytem", "there is no namespace called `kube-sytem`: did you mean kube-system?"),
        ("po nowhere,at", "there is no namespace called `nowhere`"),
        ("ns wbe", "there is no namespace called `wbe`: did you mean web?"),
        ("po Web", "`Web` cannot be the name of a namespace: a filter begins with /, as in pods /web"),
        ("po ../x", "`../x` cannot be the name of a namespace: a filter begins with /, as in pods /web"),
        ("ctx kind-dve", "there is no context called `kind-dve`: did you mean kind-dev?"),
        ("po @nope", "there is no context called `nope`"),
        ("po @", "@ wants the name of a context"),
        ("po -l", "-l wants a label selector, such as app=web"),
        ("po -n -l x=y", "-n wants the name of a namespace"),
        ("po -n", "-n wants the name of a namespace"),
        ("po --namespace", "-n wants the name of a namespace"),
        ("po -n nope", "there is no namespace called `nope`"),
        ("po -x", "there is no option -x: -n takes a namespace, -l a label selector, @ a context, / a filter"),
        ("no web", "nodes are in no namespace: to filter them, type /web"),
        ("po 'a", "a quote or parenthesis in `'a` has no other half"),
        ("po -l app in (a", "a quote or parenthesis in `(a` has no other half"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        read(text)
    assert error.value.sentence() == sentence


def test_a_selector_with_a_mistake_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="label selector"):
        read("po -l app=,=")


def test_near_kinds_that_cannot_be_listed_are_not_suggested() -> None:
    with pytest.raises(UsageError) as error:
        read("bindigns")
    assert "bindings" not in error.value.sentence().replace("bindigns", "")


def test_any_namespace_is_taken_while_they_are_not_known() -> None:
    assert read("po not-there-yet", namespaces=[]) == Show(PODS, ("not-there-yet",))


def test_no_context_is_taken_where_there_is_none() -> None:
    with pytest.raises(UsageError, match="no context called"):
        read("ctx kind-dev", contexts=[])


_PIECES = st.sampled_from(
    [
        "po",
        "ns",
        "ctx",
        "q",
        "all",
        "a",
        "a,b",
        "web",
        "-l",
        "@",
        "/",
        "x=y",
        " in (",
        ")",
        "(",
        "'",
        '"',
        "*",
        "-",
        ",",
        ":",
    ]
)


def outcome(text: str) -> Command | str:
    """Return the command, or the sentence that says what is wrong."""
    try:
        return read(text)
    except UsageError as error:
        return error.sentence()


@example("\ud800")
@example("po @\ud800 /\x1b")
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=())), st.lists(st.one_of(_PIECES, st.text(max_size=3))).map(" ".join)
    )
)
def test_whatever_is_typed_is_a_command_or_a_mistake(text: str) -> None:
    found = outcome(text)
    assert isinstance(found, Command) or (found and is_printable(found))


@pytest.mark.parametrize("piece", ["'", '"', "(", " ", "in ", "a", "a ", "/", "@", "-l ", "x=y,"])
def test_a_very_long_line_is_read(piece: str) -> None:
    assert outcome("po " + piece * 5_000)


def test_a_theme_is_chosen_by_its_name() -> None:
    themes = ["auto", "light", "nord"]
    assert read("theme light", themes=themes) == SwitchTheme("light")
    assert read("theme ", themes=themes) == SwitchTheme("")
    with pytest.raises(UsageError, match="there is no theme called `lihgt`") as caught:
        read("theme lihgt", themes=themes)
    assert "light" in caught.value.hint
