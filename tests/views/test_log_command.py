"""What `:logs …` asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.kube.resource import Resource
from kty.views.log_command import Named, ShowLogs, read_logs
from kty.views.registry import views, well_known
from kty.views.view import Browse, Logs


def kind(word: str) -> Resource:
    found = [each for view in views().values() if word in ((each := view.resource()).singular, each.kind)]
    resource = found[0] if found else well_known(word)
    if resource is None:
        raise UsageError("no kind is called so")
    return resource


def read(text: str) -> ShowLogs:
    return read_logs(text, kind)


def of(text: str) -> list[tuple[str, str]]:
    """Return the objects that are named, each as the id of its kind and its name."""
    return [(named.resource.id, named.name) for named in read(text).of]


def pods(namespace: str | None = None, labels: str = "", title: str = "pods") -> Browse:
    return Browse("pods", namespace=namespace, labels=labels, title=title)


@pytest.mark.parametrize(
    ("text", "logs"),
    [
        ("", Logs(pods())),
        ("web-*", Logs(pods(title="pods web-*"), names=("web-*",))),
        ("web db", Logs(pods(title="pods web db"), names=("web", "db"))),
        ("-l app=web", Logs(pods(labels="app=web", title="pods app=web"))),
        ("app=web", Logs(pods(labels="app=web", title="pods app=web"))),
        ("-l 'app in (a, b)'", Logs(pods(labels="app in (a,b)", title="pods app in (a,b)"))),
        ("-n shop", Logs(pods("shop", title="pods in shop"))),
        ("-nshop", Logs(pods("shop", title="pods in shop"))),
        ("-n all", Logs(pods("", title="pods in all namespaces"))),
        (
            "web -c app -c proxy -p",
            Logs(pods(title="pods web"), names=("web",), containers=("app", "proxy"), previous=True),
        ),
        ("web /level>=warn !slow @x", Logs(pods(title="pods web"), names=("web",), lines="level>=warn !slow @x")),
    ],
)
def test_a_line_is_read(text: str, logs: Logs) -> None:
    assert read(text) == ShowLogs(logs)


def test_several_namespaces_and_a_context() -> None:
    asked = read("web -n shop,bank @prod")
    title = "pods web in shop, bank"
    assert (asked.logs.pods, asked.logs.more) == (pods("shop", title=title), (pods("bank", title=title),))
    assert asked.context == "prod"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deploy/web", [("deployments.apps", "web")]),
        ("deployment/web sts/db -c app", [("deployments.apps", "web"), ("statefulsets.apps", "db")]),
        ("po/web-1 pods/web-1", [("pods", "web-1")]),
        ("no/a.b.example.com", [("nodes", "a.b.example.com")]),
        ("svc/web /deploy/web", [("services", "web")]),
        ("web /deploy/web", []),
    ],
)
def test_objects_are_named_by_kind_and_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert of(text) == expected


def test_what_else_is_asked_of_an_object_stays() -> None:
    asked = read("deploy/web -n shop -c app -p @prod /level>=warn")
    assert asked.logs.pods.namespace == "shop"
    assert (asked.logs.containers, asked.logs.previous, asked.context) == (("app",), True, "prod")
    assert asked.logs.lines == "level>=warn"
    assert asked.of == (Named(kind("deployment"), "web"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-l", "-l wants a label selector"),
        ("-n", "-n wants a namespace"),
        ("-c", "-c wants the name of a container"),
        ("--tail=3", "there is no option --tail=3"),
        ("@", "@ wants the name of a context"),
        ("-n Shop", "`Shop` cannot be the name of a namespace"),
        ("Web", "`Web` cannot be in the name of a pod"),
        ("'web", "a quote or parenthesis in `'web` has no other half"),
        ("-l app=(", "has no other half"),
        ("cm/web", "configmaps have no logs"),
        ("deploy/", "deploy/ wants the name of one of the deployments"),
        ("deploy/web-*", "`web-*` cannot be the name of one of the deployments"),
        ("xyz/web", "no kind is called so"),
        ("deploy/web api-*", "`api-*` and deployment/web cannot be asked for at once"),
        ("deploy/web -l a=b", "`a=b` and deployment/web cannot be asked for at once"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(text)
    assert sentence in raised.value.sentence()


@given(st.text(st.sampled_from("""web-*?[]=,'"()@/ lncpo\x1bA"""), max_size=20))
def test_whatever_is_typed_is_read_or_a_mistake(text: str) -> None:
    try:
        sentence = read(text).logs.pods.title
    except UsageError as mistake:
        sentence = mistake.sentence()
    assert sentence.isprintable()
