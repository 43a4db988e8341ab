import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import ConfigError
from kty.settings import Settings, config_path, load_settings, state_path
from kty.state import State

ANYTHING = st.text(st.characters(exclude_categories=()))
"""Lone surrogates included."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_the_files_stand_in_the_xdg_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/me")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/me")
    assert config_path() == Path("/etc/me/kty/config.yaml")
    assert state_path() == Path("/var/me/kty/state.json")


@pytest.mark.parametrize("given", [None, "", "relative/path"])
def test_the_files_stand_below_home_by_default(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
        if given is not None:
            monkeypatch.setenv(variable, given)
    assert config_path() == Path("/home/me/.config/kty/config.yaml")
    assert state_path() == Path("/home/me/.local/state/kty/state.json")


def test_without_a_home_there_are_defaults_and_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", staticmethod(homeless))
    assert load_settings() == Settings()
    state = State.load()
    assert "no home directory" in state.fault
    state.remember_command("po")
    state.save()
    assert state.history == ("po",)


def test_settings_are_read(config: Path) -> None:
    config.write_text(
        """\
# mine
keys:
  quit: Q
  help: [f1, "?"]
  sort: ""
  wide:
  back: []
  all-namespaces: 0
  deny: no
theme: nord
mouse: false
readonly: True
log_mib: 16
"""
    )
    assert load_settings(config) == Settings(
        keys={
            "quit": "Q",
            "help": ["f1", "?"],
            "sort": "",
            "wide": "",
            "back": [],
            "all-namespaces": "0",
            "deny": "no",
        },
        theme="nord",
        mouse=False,
        readonly=True,
        log_mib=16,
    )


def test_they_are_read_from_their_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "kty").mkdir()
    (tmp_path / "kty" / "config.yaml").write_text("theme: nord")
    assert load_settings().theme == "nord"


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "---\n", "keys:\ntheme:\nmouse:\n", "keys: {}", "\ufeffmouse: true"]
)
def test_what_is_not_said_is_the_default(config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")
    assert load_settings(config) == Settings() == Settings(keys={}, theme="", mouse=True, readonly=False)


def test_a_missing_file_says_nothing(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "nowhere" / "config.yaml") == Settings()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "mouse: true\nthme: nord\n",
            "line 2: there is no setting 'thme'; there are keys, theme, mouse, readonly, debug_image, log_mib",
        ),
        ("mouse: maybe", "line 1: mouse wants true or false"),
        ("theme: nord\nreadonly: [true]", "line 2: readonly wants true or false"),
        ("theme: {a: b}", "line 1: theme wants text"),
        ("log_mib: much", "line 1: log_mib wants a whole number of at least 1"),
        ("log_mib: 0", "line 1: log_mib wants a whole number of at least 1"),
        ("keys:\n  quit: {a: b}", "line 2: 'quit' wants a key, or a list of keys"),
        ("keys:\n  help: h\n  quit: [q, '']", "line 3: 'quit' wants a key, or a list of keys"),
        ("keys:\n  quit: [[q]]", "line 2: 'quit' wants a key, or a list of keys"),
        ("\nkeys: [q]", "line 2: `action: key` should stand here, line by line"),
        ("keys: q", "line 1: `action: key` should stand here, line by line"),
        ("keys:\n  quit: q\n  quit: Q", "line 3: 'quit' is there twice"),
        ("mouse: true\nmouse: false", "line 2: 'mouse' is there twice"),
        ("[a]: b", "line 1: "),
        ("just text", "line 1: `setting: value` should stand here, line by line"),
        ("- keys", "line 1: `setting: value` should stand here, line by line"),
        ("mouse: true\ntheme: [nord\n", "line 3: "),
        ("mouse: true\n\ttheme: nord\n", "line 2: "),
        ("mouse: true\n---\nmouse: false\n", "line 2: "),
        ("theme: &a [*a]", "line 1: "),
        ("theme: *a", "line 1: found undefined alias 'a'"),
        ("theme: a\x07", "this is no YAML: "),
        ("theme: " + "[" * 5_000, "this is no YAML: "),
    ],
)
def test_a_mistake_is_named_with_its_line(config: Path, text: str, sentence: str) -> None:
    config.write_text(text)
    with pytest.raises(ConfigError) as error:
        load_settings(config)
    said = error.value.sentence()
    assert said.startswith(str(config))
    assert sentence in said
    assert "\n" not in said


def test_bytes_that_are_no_text_are_named_with_their_line(config: Path) -> None:
    config.write_bytes(b"mouse: true\ntheme: \xff\n")
    with pytest.raises(ConfigError, match="line 2: this is not UTF-8"):
        load_settings(config)


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it cannot be read: Is a directory"):
        load_settings(tmp_path)


@given(ANYTHING)
def test_any_text_is_settings_or_a_mistake(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    config = tmp_path_factory.mktemp("any") / "config.yaml"
    config.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        found: object = load_settings(config)
    except ConfigError as error:
        found = error
    assert isinstance(found, Settings | ConfigError)


def test_reading_defaults_loads_nothing_heavy() -> None:
    program = (
        "from kty.settings import load_settings; load_settings(); "
        "from kty.state import State; State.load(); "
        "import sys; print(*sys.modules)"
    )
    environment = {**os.environ, "XDG_CONFIG_HOME": "/nowhere", "XDG_STATE_HOME": "/nowhere"}
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True, env=environment).split()
    assert not {"yaml", "textual", "kubernetes_asyncio", "aiohttp", "asyncio"} & set(loaded)
