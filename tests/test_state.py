import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kty.state import State

ANYTHING = st.text(st.characters(exclude_categories=()))
"""Lone surrogates included."""


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "kty" / "state.json"


def test_what_is_remembered_is_there_the_next_time(state_file: Path) -> None:
    state = State.load(state_file)
    assert (state.fault, state.history, state.namespaces("dev"), state.sort("pods")) == ("", (), None, None)
    assert not state.wide("pods")
    state.remember_namespaces("dev", ("a", "b"))
    state.remember_namespaces("prod", ())
    state.remember_sort("pods", "Restarts", True)
    state.remember_wide("pods", True)
    state.remember_logs(times="utc", wrap=True)
    state.remember_logs(since=5, wrap=False)
    state.remember_command("po web")
    state.remember_theme("light")
    state.save()

    for known in (state, State.load(state_file)):
        assert known.fault == ""
        assert known.namespaces("dev") == ("a", "b")
        assert known.namespaces("prod") == ()
        assert known.namespaces("other") is None
        assert known.sort("pods") == ("Restarts", True)
        assert known.sort("nodes") is None
        assert known.wide("pods")
        assert known.logs == {"times": "utc", "wrap": False, "since": 5}
        assert known.theme == "light"
        assert known.history == ("po web",)


def test_what_is_not_saved_is_known_but_not_written(state_file: Path) -> None:
    state = State.load(state_file)
    state.remember_sort("pods", "Age", False)
    assert state.sort("pods") == ("Age", False)
    assert not state_file.exists()


def test_nothing_is_written_when_there_is_nothing_new(state_file: Path) -> None:
    state = State.load(state_file)
    state.save()
    assert not state_file.exists()
    state.remember_command("po")
    state.save()
    state_file.unlink()
    state.save()
    assert not state_file.exists()


def test_only_the_owner_may_read_it(state_file: Path) -> None:
    state = State.load(state_file)
    state.remember_command("po")
    state.save()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (state_file.parent, *state_file.parent.iterdir())]
    assert modes == [0o700, 0o600, 0o600]


def test_each_command_is_remembered_once_and_a_hundred_of_them(state_file: Path) -> None:
    state = State.load(state_file)
    for number in range(120):
        state.remember_command(f" po n{number} ")
        if number % 50 == 0:
            state.save()
    state.remember_command("po n60")
    state.remember_command("  ")
    state.save()
    assert state.history == State.load(state_file).history
    assert state.history == (*[f"po n{number}" for number in range(20, 120) if number != 60], "po n60")


def test_programs_are_remembered_but_those_that_begin_with_a_blank(state_file: Path) -> None:
    state = State.load(state_file)
    for line in ("ls", "cat ", "ls", " echo secret", ""):
        state.remember_program(line)
    state.save()
    assert state.programs == State.load(state_file).programs == ("cat", "ls")


def test_a_state_without_a_file_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    state = State()
    state.remember_command("po")
    state.save()
    assert (state.history, state.fault) == (("po",), "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"sort": {"pods": 3}}', b'{"history": "po"}'])
def test_a_broken_file_is_said_and_begun_again(state_file: Path, content: bytes) -> None:
    state_file.parent.mkdir()
    state_file.write_bytes(content)
    state = State.load(state_file)
    assert state.fault.startswith(f"{state_file} cannot be read, so kty starts afresh: ")
    assert state.history == ()
    state.remember_command("po")
    state.save()
    assert state.fault == ""
    assert State.load(state_file).history == ("po",)


def test_what_a_later_kty_adds_does_not_disturb(state_file: Path) -> None:
    state_file.parent.mkdir()
    state_file.write_text('{"history": ["po"], "columns": {"pods": ["Name"]}}')
    state = State.load(state_file)
    assert (state.fault, state.history) == ("", ("po",))


def test_a_place_that_cannot_be_written_is_said_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "kty").write_text("a file where the directory should be")
    state = State.load(tmp_path / "kty" / "state.json")
    assert "cannot be read" in state.fault
    state.remember_command("po")
    state.save()
    assert "cannot be written" in state.fault
    assert state.history == ("po",)


def test_a_write_that_failed_is_made_up_for(state_file: Path) -> None:
    state_file.parent.mkdir()
    state_file.mkdir()
    state = State.load(state_file)
    state.remember_command("po")
    state.save()
    assert "cannot be written" in state.fault
    assert [path.name for path in state_file.parent.iterdir() if path.name != "state.lock"] == ["state.json"]
    state_file.rmdir()
    state.save()
    assert (state.fault, State.load(state_file).history) == ("", ("po",))


@example("dev", "po \ud800", [])
@given(ANYTHING, ANYTHING, st.lists(ANYTHING))
def test_any_text_is_remembered_or_said_to_be_forgotten(
    tmp_path_factory: pytest.TempPathFactory, context: str, line: str, names: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "state.json"
    state = State.load(path)
    state.remember_namespaces(context, tuple(names))
    state.remember_command(line)
    state.save()
    again = State.load(path)
    assert state.fault or (again.namespaces(context), again.history) == (tuple(names), state.history)


def test_two_at_once_keep_what_the_other_remembered(state_file: Path) -> None:
    one, other = State.load(state_file), State.load(state_file)
    one.remember_sort("pods", "Age", False)
    one.remember_command("po")
    other.remember_sort("pods", "Name", True)
    other.remember_sort("nodes", "CPU", True)
    other.remember_command("no")
    one.save()
    other.save()
    again = State.load(state_file)
    assert again.sort("pods") == ("Name", True)
    assert again.sort("nodes") == ("CPU", True)
    assert again.history == ("po", "no")


WRITER = """
import sys
from pathlib import Path
from kty.state import State

state = State.load(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(150):
    state.remember_sort(f"{sys.argv[2]}-{number}", "Age", True)
    state.save()
    while state.fault:
        state.save()
"""


def test_two_processes_that_write_at_once_lose_nothing(state_file: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(state_file), name], stdin=subprocess.PIPE, text=True)
        for name in ("one", "other")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert len(json.loads(state_file.read_text())["sort"]) == 300
    assert sorted(path.name for path in state_file.parent.iterdir()) == ["state.json", "state.lock"]


def test_a_lock_that_nobody_lets_go_is_said(state_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr("kty.state._PATIENCE", 0.0)
    state_file.parent.mkdir()
    state = State.load(state_file)
    state.remember_command("po")
    with (state_file.parent / "state.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state.save()
        assert "another kty" in state.fault
    state.save()
    assert (state.fault, State.load(state_file).history) == ("", ("po",))
