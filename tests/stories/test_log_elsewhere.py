"""Logs for a person who sits at another machine: what is copied, and the command that saves them there."""

import shlex

import pytest

from kty.commands.words import parse
from kty.runtime.log_follower import LogSource
from kty.screens import log_elsewhere
from kty.screens.log_elsewhere import command, copied
from kty.widgets.log_ring import LogLine


def source(pod: str, container: str = "app", namespace: str = "shop") -> LogSource:
    return LogSource(0, namespace, pod, "uid", container)


def asked(said: str) -> list[str]:
    """Return the words that arrive at the server: the person's shell reads them once, and the server once more."""
    words = shlex.split(said)
    at = next(number for number, word in enumerate(words) if word == "logs" or word.startswith("logs "))
    return shlex.split(" ".join(words[at : words.index(">")]))


@pytest.mark.parametrize(
    ("server", "to"),
    [(("127.0.0.1", 2222), "ssh -p 2222 127.0.0.1 "), (("::1", 22), "ssh ::1 "), (None, "ssh HOST ")],
)
def test_the_command_leads_to_where_the_person_came_in(server: tuple[str, int] | None, to: str) -> None:
    assert command(server, [source("web-1")]) == f"{to}logs web-1 -n shop -c app > web-1.log"


def test_the_command_is_one_that_kty_has() -> None:
    said = command(None, [source("a"), source("a", "proxy"), source("b")], previous=True, times=True, seconds=59.2)
    given = parse("logs", asked(said)[1:]).given
    assert given.words == ["a", "b"]
    assert (given.namespace, given.container) == ("shop", ["app", "proxy"])
    assert (given.previous, given.timestamps, given.since) == (True, True, "60s")
    assert said.endswith("> shop.log")


def test_each_namespace_has_its_own_command() -> None:
    said = command(None, [source("a"), source("b", namespace="other")])
    assert [asked(each) for each in said.split("; ")] == [
        ["logs", "a", "-n", "shop", "-c", "app"],
        ["logs", "b", "-n", "other", "-c", "app"],
    ]
    assert said.count("> shop.log") == said.count("> other.log") == 1


@pytest.mark.parametrize("name", ["web;reboot", "$(reboot)", "it's", "a b", "a\x1b[2J", "`x`", "a > b"])
def test_no_name_is_read_as_anything_but_a_name(name: str) -> None:
    said = command(("h", 2), [source(name, namespace=name)])
    assert asked(said) == ["logs", name, "-n", name, "-c", "app"]
    words = shlex.split(said)
    assert words[:4] == ["ssh", "-p", "2", "h"]
    assert words[-2] == ">"
    assert set(words[-1]) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@pytest.mark.parametrize("name", ["-o", "--all-containers", ""])
def test_no_name_is_read_as_an_option(name: str) -> None:
    assert command(("h", 2), [source(name)]) == ""


def test_what_a_clipboard_takes_is_copied_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [LogLine(0, 0, 1, b"one \x1b[2J"), LogLine(1, 0, 10**9, b"two")]
    assert copied(iter(lines), (), times=False) == ("one \\x1b[2J\ntwo\n", 2)
    assert copied(iter(lines[1:]), ("web",), times=True) == ("1970-01-01T00:00:01.000000000Z web two\n", 1)
    monkeypatch.setattr(log_elsewhere, "LARGEST", 10)
    assert copied(iter(lines), (), times=False) is None
