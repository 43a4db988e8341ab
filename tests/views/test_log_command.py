"""What `:logs …` asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import UsageError
from kty.views.log_command import ShowLogs, read_logs
from kty.views.view import Browse, Logs


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
    assert read_logs(text) == ShowLogs(logs)


def test_several_namespaces_and_a_context() -> None:
    asked = read_logs("web -n shop,bank @prod")
    title = "pods web in shop, bank"
    assert (asked.logs.pods, asked.logs.more) == (pods("shop", title=title), (pods("bank", title=title),))
    assert asked.context == "prod"


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
    ],
)
def test_a_mistake_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_logs(text)
    assert sentence in raised.value.sentence()


@given(st.text(st.sampled_from("""web-*?[]=,'"()@/ lncp\x1bA"""), max_size=20))
def test_whatever_is_typed_is_read_or_a_mistake(text: str) -> None:
    try:
        sentence = read_logs(text).logs.pods.title
    except UsageError as mistake:
        sentence = mistake.sentence()
    assert sentence.isprintable()
