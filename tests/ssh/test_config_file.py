"""The file of `kty serve --config`: what is wrong with it is one sentence, with the line and what would be right."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import ConfigError
from kty.ssh.config_file import File, read
from kty.ssh.limits import Limits, Penalties


def reading(path: Path, text: str) -> File:
    file = path / "serve.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "limits:\n", "limits:\n  penalties:\n"])
def test_where_nothing_is_said_all_is_as_it_is_by_default(tmp_path: Path, text: str) -> None:
    assert reading(tmp_path, text) == File()


def test_what_is_said_counts(tmp_path: Path) -> None:
    text = "as-me: yes\nssh-port: 22\nproxy-protocol: [10.0.0.1]\nlog-format: json\nlimits:\n  idle: 5\n"
    file = reading(tmp_path, f"{text}  penalties: {{max-sources: 7}}\n")
    limits = Limits(idle=5.0, penalties=Penalties(max_sources=7))
    assert file == File(as_me=True, ssh_port=22, proxy_protocol=("10.0.0.1",), log_format="json", limits=limits)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\nadress: x", ", line 2: there is no field `adress`: did you mean address?"),
        ("readonly:", ", line 1: readonly wants true or false, and nothing stands there: without the whole line, the"),
        ("readonly: !!bool zz", ", line 1: readonly wants true or false, not `zz`"),
        (
            "address: !!timestamp zz",
            ", line 1: address wants text, in quotes where it could be something else, not `zz`",
        ),
        ("limits:\n  chanels: 1", ", line 2: there is no field `limits.chanels`: did you mean channels?"),
        ("limits: {penalties: {zzz: 1}}", ", line 1: there is no field `limits.penalties.zzz`: there are crash, auth"),
        ("ssh-port: 1\naddress: x\nssh-port: 2", ", line 3: ssh-port is there twice: line 1 has it too, and one must"),
        ("limits:\n  idle: 1\n  idle: 1", ", line 3: limits.idle is there twice: line 2 has it too, and one must go"),
        ("as-me: yess", ", line 1: as-me wants true or false, not `yess`"),
        ("ssh-port: 70000", ", line 1: ssh-port wants a whole number from 0 to 65535, not `70000`"),
        ("http-port: '80'", ", line 1: http-port wants a whole number from 0 to 65535, not `'80'`"),
        ("limits: {rate-per-address: 0}", ", line 1: limits.rate-per-address wants a number above 0, not `0`"),
        ("limits: {idle: soon}", ", line 1: limits.idle wants a number of at least 0, not `soon`"),
        ("limits: 3", ", line 1: limits wants lines of the form `name: value`, not `3`"),
        ("- a", ", line 1: the file wants lines of the form `name: value`, not a list"),
        ("log-format: xml", ", line 1: log-format wants json or text, not `xml`"),
        (
            "authorized-keys: 1",
            ", line 1: authorized-keys wants text, in quotes where it could be something else, not `1`",
        ),
        (
            "address: {a: b}",
            ", line 1: address wants text, in quotes where it could be something else, not further fields",
        ),
        (
            "proxy-protocol: 10.0.0.1",
            ", line 1: proxy-protocol wants a list, as in [10.0.0.1, 10.1.0.0/16], not `10.0.0.1`",
        ),
        ("proxy-protocol: [1]", ", line 1: proxy-protocol wants a list, as in [10.0.0.1, 10.1.0.0/16], not `[1]`"),
        ("limits:\n  exempt: [10.0.0.5/8]", ", line 2: limits.exempt: 10.0.0.5/8 has host bits set: addresses and"),
        ("[a]: 1", ", line 1: a name should stand here"),
        ("a: [", ", line 1: expected the node content"),
        ("address: !x 1", ", line 1: could not determine a constructor for the tag '!x'"),
        ("\x07", ": this is no YAML: "),
        ("as-me: 'a\x1b[m'", ": this is no YAML: "),
        ('address: a\n"a\\e[m": 1', ", line 2: there is no field `a\\x1b[m`"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        reading(tmp_path, text)
    sentence = wrong.value.sentence()
    assert sentence.startswith(f"{tmp_path}/serve.yaml{why}")
    assert "\n" not in sentence


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "serve.yaml").write_bytes(b"address: \xff")
    for path, why in ((tmp_path / "serve.yaml", "it is not UTF-8"), (tmp_path, "is a directory")):
        with pytest.raises(ConfigError) as wrong:
            read(path)
        assert str(wrong.value) == f"{path} cannot be read: {why}"


@given(st.text(alphabet="a-:[]{}&*!|>'\"#\n \t?,%@0~<", max_size=40))
def test_whatever_it_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with suppress(ConfigError):
        reading(tmp_path_factory.getbasetemp(), text)
