"""The words of `kty crd`, before any cluster is asked."""

import subprocess
import sys

import pytest

from kty.cli import main
from kty.commands.crd import crd
from kty.errors import UsageError
from tests.running import Home
from tests.test_hygiene import SCREENS_AND_CLUSTERS, loaded_by


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "`kty crd` wants a word more: types: a kind of that name opens as `kty :crd`"),
        (["types"], "the following arguments are required: name: `kty crd types --help` lists what is possible"),
        (["types", "a", "b"], "unrecognized arguments: b: `kty crd --help` lists what is possible"),
        (["types", "a", "--version"], "argument --version: expected one argument"),
        (["classes"], "argument WORD: invalid choice: 'classes'"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        crd(words)
    assert refused.value.sentence().startswith(sentence)


@pytest.mark.parametrize("words", [["crd", "--help"], ["crd", "types", "--help"]])
def test_help_loads_nothing_heavy(home: Home, words: list[str]) -> None:
    status, modules = loaded_by(home, *words)
    assert status == 0
    assert not modules & {*SCREENS_AND_CLUSTERS, "yaml"}


@pytest.mark.parametrize(
    "words",
    [
        "crd types a.b --context none",
        "--context none crd types a.b",
        "--context=none crd types a.b --version v1",
        "--kubeconfig ~ --context none crd types --version v1 a.b",
    ],
)
def test_a_cluster_is_chosen_before_or_behind_the_words(words: str, home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    done = home.run(*words.replace("~", str(home.kubeconfig)).split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kty: there is no context 'none' in {home.kubeconfig}")


def test_a_command_that_does_not_come_first_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-A", "crd", "types", "x"]) == 2
    assert capsys.readouterr().err == (
        "kty: `kty crd` is a command, and `kty -A crd types x` is none of its forms: "
        "`kty crd --help` lists them; a kind of that name opens as `kty :crd`\n"
    )


def test_whoever_stops_reading_is_told_in_one_sentence(home: Home) -> None:
    code = "from kty.commands.crd import _write; import sys, kty.cli; kty.cli._run = lambda _: _write('x' * 9, '')"
    done = home.run_command(
        sys.executable, "-c", f"{code}\nsys.exit(kty.cli.main([]))", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert done.stderr == ""
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = home.run_command(
            sys.executable, "-c", f"{code}\nimport os; status = kty.cli.main([]); os._exit(status)", stdout=full
        )
    assert done.returncode == 2
    assert done.stderr == "kty: stdout cannot be written: no space left on device: name another file with -o\n"
