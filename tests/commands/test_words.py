"""The words of the commands, before any cluster is asked."""

import pytest

from kty.commands.arguments import HelpAsked
from kty.commands.exec_place import Place, place
from kty.commands.words import COMMANDS, parse
from kty.errors import UsageError
from tests.running import Home
from tests.test_hygiene import SCREENS_AND_CLUSTERS, loaded_by


@pytest.mark.parametrize("options", [["-A"] * 201, ["-" + "A" * 5000], ["-n", "a"] * 100 + ["-A"] * 101])
def test_so_many_options_that_to_read_them_takes_long_are_refused(options: list[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(UsageError, match="there are too many options"):
            parse(command, [*options, "pods"])


def test_a_program_may_have_many_options() -> None:
    words = ["-x"] * 1000
    assert parse("exec", ["a/b", "--", "tar", *words]).given.program == ["tar", *words]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("get", "the following arguments are required: KIND: `kty get --help` lists what is possible"),
        ("get pods -n a -A", "-n names some namespaces and -A means all of them: leave one of the two out"),
        ("get pods -n ,", "-n wants the name of a namespace: -A means all of them"),
        ("get pods -w -n a,b", "-w follows one namespace, or all of them: -A takes all"),
        ("get pods -o xml", "argument -o/--output: invalid choice: 'xml'"),
        ("get pods --colour", "unrecognized arguments: --colour"),
        ("get pods --context x", "unrecognized arguments: --context x"),
        ("logs", "whose logs?: name pods, or KIND/NAME such as deploy/web, or select pods with -l"),
        ("logs web -l app=web", "whose logs?"),
        ("logs -f -p web", "the run before is over, so -p cannot be followed: leave one of -f and -p out"),
        ("logs web -c a --all-containers", "-c names some containers and --all-containers means all"),
        ("logs web --tail -5", "--tail -5 is no number of lines: --tail 100 prints the last hundred"),
        ("logs web --tail x", "argument --tail: invalid int value: 'x'"),
        ("exec", "the following arguments are required: POD"),
        ("exec a/b", "which program is to run?: kty exec a/b -- ls -l"),
        ("exec a/b ls", "unrecognized arguments: ls"),
        ("describe", "the following arguments are required: KIND/NAME"),
        ("whoami me", "unrecognized arguments: me"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(words: str, sentence: str) -> None:
    command, *rest = words.split()
    with pytest.raises(UsageError) as refused:
        parse(command, rest)
    assert refused.value.sentence().startswith(sentence)


def test_what_stands_behind_two_dashes_is_the_programs() -> None:
    given = parse("exec", ["-it", "a/b", "--", "ls", "-n", "--", "--help"]).given
    assert (given.pod, given.stdin, given.tty, given.namespace) == ("a/b", True, True, None)
    assert given.program == ["ls", "-n", "--", "--help"]


def test_options_may_stand_between_and_behind_names() -> None:
    given = parse("get", ["pods", "-n", "a", "web-1", "-o", "yaml", "web-2", "-n", "b,a"]).given
    assert (given.words, given.namespaces, given.output) == (["pods", "web-1", "web-2"], ("a", "b"), "yaml")
    assert parse("get", ["pods"]).given.namespaces is None
    assert parse("get", ["pods", "-A"]).given.namespaces == ()


def test_a_cluster_is_chosen_at_this_machine_only() -> None:
    assert parse("whoami", ["--context", "x"], local=True).given.context == "x"
    assert parse("whoami", ["--demo"], local=True).given.demo
    with pytest.raises(UsageError, match="--demo is a cluster of its own"):
        parse("whoami", ["--demo", "--context", "x"], local=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["a/b"], Place("a", "b")),
        (["a/b/c"], Place("a", "b", "c")),
        (["b"], Place("here", "b")),
        (["b", "-n", "a", "-c", "c"], Place("a", "b", "c")),
        (["pod/b", "-n", "a"], Place("a", "b")),
    ],
)
def test_a_pod_is_named_in_several_ways(words: list[str], found: Place) -> None:
    assert place(parse("exec", [*words, "--", "ls"]).given, "here") == found


@pytest.mark.parametrize("words", [["a/b/c/d"], ["a//c"], ["/b"], ["a/b", "-n", "a"], ["a/b/c", "-c", "d"]])
def test_a_pod_that_is_named_wrongly_is_said(words: list[str]) -> None:
    with pytest.raises(UsageError, match="names"):
        place(parse("exec", [*words, "--", "ls"]).given, "here")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_a_text_that_fits(command: str) -> None:
    with pytest.raises(HelpAsked) as asked:
        parse(command, ["--help"])
    text = str(asked.value)
    assert text.startswith(f"usage: kty {command} ")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_help_loads_nothing_heavy(home: Home, command: str) -> None:
    status, modules = loaded_by(home, command, "--help")
    assert status == 0
    assert not modules & {*SCREENS_AND_CLUSTERS, "msgspec", "yaml", "logging"}


def test_no_command_loads_a_screen(home: Home) -> None:
    home.knows("http://127.0.0.1:9")
    for words in (["get", "pods"], ["logs", "web"], ["describe", "pod/a"], ["events"], ["exec", "a/b", "--", "ls"]):
        status, modules = loaded_by(home, *words)
        assert status == 1
        assert "aiohttp" in modules
        assert not modules & {"textual", "rich", "asyncssh", "kty.screens", "kty.widgets", "kty.app"}
