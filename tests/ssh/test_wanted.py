"""What is wanted, by the name that somebody logs in with and the line that they send."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.commands.exec_place import place
from kty.commands.words import COMMANDS, parse
from kty.ssh.wanted import Command, Refused, Screens, wanted
from kty.text import is_printable


def words(username: str, line: str | None, term: str | None = None) -> tuple[str, ...]:
    found = wanted(username, line, term=term)
    assert isinstance(found, Command)
    return found.words


@pytest.mark.parametrize(
    ("username", "namespace", "pod", "container"),
    [
        ("shop/web-1", "shop", "web-1", ""),
        ("shop/web-1/proxy", "shop", "web-1", "proxy"),
        ("shop+web-1", "shop", "web-1", ""),
        ("shop+web-1+proxy", "shop", "web-1", "proxy"),
        ("kube-system/etcd-node.example.com", "kube-system", "etcd-node.example.com", ""),
        ("deploy/web", "deploy", "web", ""),
    ],
)
def test_names_lead_into_containers(username: str, namespace: str, pod: str, container: str) -> None:
    given = parse("exec", words(username, "ls -l | wc")[1:]).given
    found = place(given, "default")
    assert (found.namespace, found.pod, found.container) == (namespace, pod, container)
    assert given.program == ["sh", "-c", "ls -l | wc"]
    assert given.stdin
    assert not given.tty


def test_without_a_line_it_is_a_shell() -> None:
    assert words("a/b", None) == ("exec", "-i", "-n", "a", "b", "--", "sh")
    assert words("a/b", None, "xterm") == ("exec", "-it", "-n", "a", "b", "--")  # the best that there is
    *_, name, term, line = words("a/b", "vi 'x y'", "xterm-kitty")
    assert (name, term, line) == ("sh", "xterm-256color", "vi 'x y'")


@pytest.mark.parametrize("username", ["me", "anna@corp", "CORP+anna", "a+", "+b", "a+b/c", "", "a.b+c+d", "-a+b"])
def test_other_names_say_nothing_or_are_refused(username: str) -> None:
    found = wanted(username, None, term="xterm")
    assert isinstance(found, Refused if "/" in username else Screens)


def test_a_line_names_a_command_or_nothing() -> None:
    assert words("me", "get pods -l 'app in (a, b)'") == ("get", "pods", "-l", "app in (a, b)")
    for line in ("", " ", "sh", "kty", "--context x get pods", "get\tpods\x1b"):
        found = wanted("me", line, term=None)
        assert isinstance(found, Command if line.startswith("get") else Refused)


@given(st.lists(st.text(), max_size=5), st.sampled_from(COMMANDS))
def test_words_come_as_they_were_quoted(rest: list[str], name: str) -> None:
    assert words("me", shlex.join([name, *rest])) == (name, *rest)


@given(st.text(), st.one_of(st.none(), st.text()), st.sampled_from((None, "", "xterm")))
def test_whatever_is_sent_something_is_known_of_it(username: str, line: str | None, term: str | None) -> None:
    found = wanted(username, line, term=term)
    if isinstance(found, Refused):
        assert found.status in (2, 127)
        assert is_printable(found.said)
    elif isinstance(found, Command):
        assert found.words[0] in COMMANDS
        assert is_printable(found.what)
