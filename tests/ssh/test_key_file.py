"""A file of keys: read anew when it changed, and not at all where others could have written it."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kty.errors import ConfigError
from kty.ssh.key_file import KeyFile, check_strictly
from kty.ssh.login import Identity, Nobody
from tests.ssh.house import new_key

ANNA, BEN = new_key(), new_key()


def write(path: Path, *lines: str) -> None:
    path.write_text("".join(lines))


def line(key: object, options: str = "", comment: str = "") -> str:
    public = key.export_public_key("openssh").decode().strip()  # type: ignore[attr-defined]
    return " ".join(filter(None, (options, public, comment))) + "\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".ssh"
    folder.mkdir(mode=0o700)
    file = folder / "authorized_keys"
    file.write_text(line(ANNA, comment="anna\u202e@desk"))
    file.chmod(0o600)
    return file


async def test_who_stands_in_it_comes_in_by_their_comment(path: Path) -> None:
    file = KeyFile(path)
    assert file.read() == 1
    anna = await file.identity("whoever", ANNA.convert_to_public(), "10.0.0.1")
    assert isinstance(anna, Identity)
    assert anna.name == f"anna\\u202e@desk {ANNA.get_fingerprint()}"
    assert anna.folder.isalnum()
    assert isinstance(await file.identity("whoever", BEN, "10.0.0.1"), Nobody)


async def test_it_is_read_anew_when_it_changed(path: Path) -> None:
    file = KeyFile(path)
    assert isinstance(await file.identity("", BEN, "::1"), Nobody)
    write(path, line(BEN))
    assert isinstance(await file.identity("", BEN, "::1"), Identity)
    assert isinstance(await file.identity("", ANNA, "::1"), Nobody)
    path.unlink()  # noqa: ASYNC240 # it is there
    assert isinstance(await file.identity("", BEN, "::1"), Nobody)


async def test_a_line_that_is_refused_is_told_once(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(path, line(ANNA, 'command="x"'), line(BEN))
    file = KeyFile(path)
    assert file.read() == 1
    assert isinstance(await file.identity("", ANNA, "::1"), Nobody)
    assert isinstance(await file.identity("", BEN, "::1"), Identity)
    assert [record.message for record in caplog.records] == [
        f"{path}, line 1: the key is refused: the option command is not known here, so it could not be honoured"
    ]


async def test_a_key_is_taken_from_its_places_and_in_its_time(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(path, line(ANNA, 'from="10.*",expiry-time="20261201Z"'))
    now = datetime(2026, 11, 26, tzinfo=UTC)
    file = KeyFile(path, now=lambda: now)
    assert isinstance(await file.identity("", ANNA, "10.0.0.1"), Identity)
    assert isinstance(await file.identity("", ANNA, "::1"), Nobody)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    assert isinstance(await file.identity("", ANNA, "10.0.0.1"), Nobody)
    assert "it is not taken from ::1" in caplog.text
    assert "it expired at 2026-12-01" in caplog.text


async def test_whoever_does_not_come_in_has_a_reason(path: Path) -> None:
    write(path, line(ANNA, 'from="10.*"'), line(ANNA, 'expiry-time="20261101Z"'), line(BEN, 'command="x"'))
    file = KeyFile(path, now=lambda: datetime(2026, 11, 26, tzinfo=UTC))
    no_option = "the option command is not known here, so it could not be honoured"
    assert [await file.identity("", key, "::1") for key in (ANNA, BEN, new_key())] == [
        Nobody("it is not taken from ::1, it expired at 2026-11-01 00:00:00+0000"),
        Nobody(f"line 3 of {path} is not taken: {no_option}"),
        Nobody(f"it is not in {path}"),
    ]
    path.chmod(0o666)  # noqa: ASYNC240 # it is there
    assert await file.identity("", ANNA, "10.0.0.1") == Nobody(f"others may write {path}, and so let anybody in")


async def test_of_several_lines_with_a_key_the_first_that_lets_them_in_counts(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(
        path,
        line(ANNA, 'from="10.*",no-pty', "work"),
        line(ANNA, 'from="192.168.*"', "home"),
        line(ANNA, 'from="10.1.*"'),
    )
    file = KeyFile(path)
    assert file.read() == 1
    work, home = await file.identity("", ANNA, "10.1.0.1"), await file.identity("", ANNA, "192.168.0.1")
    assert isinstance(work, Identity)
    assert isinstance(home, Identity)
    assert (work.name.split()[0], home.name.split()[0]) == ("work", "home")
    assert work.denied == {"pty"}
    assert not home.denied
    assert work.folder == home.folder
    assert not caplog.records
    assert isinstance(await file.identity("", ANNA, "::1"), Nobody)
    assert [record.message for record in caplog.records] == [
        f"the key {ANNA.get_fingerprint()} is refused: it is not taken from ::1"
    ]


@pytest.mark.parametrize("what", [".ssh/authorized_keys", ".ssh", "."])
async def test_what_others_may_write_lets_nobody_in(path: Path, what: str, caplog: pytest.LogCaptureFixture) -> None:
    file = KeyFile(path)
    file.read()
    place = path.parent.parent / what
    place.chmod(place.stat().st_mode | 0o020)
    caplog.set_level(logging.ERROR)
    assert isinstance(await file.identity("", ANNA, "::1"), Nobody)
    assert f"others may write {place}" in caplog.text
    with pytest.raises(ConfigError, match="others may write"):
        file.read()
    place.chmod(place.stat().st_mode & ~0o020)
    assert isinstance(await file.identity("", ANNA, "::1"), Identity)


def test_a_link_is_followed_to_where_the_file_is(path: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    path.rename(place / "keys")
    path.symlink_to(place / "keys")
    assert KeyFile(path).read() == 1
    place.chmod(0o777)
    with pytest.raises(ConfigError, match="elsewhere"):
        KeyFile(path).read()


def test_somebody_elses_file_lets_nobody_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    if mine == 0:  # root's files are everybody's to trust, so give it to another
        os.chown(path, 12345, -1)
    with pytest.raises(ConfigError, match="belongs to somebody else"):
        KeyFile(path).read()


@pytest.mark.parametrize("trouble", ["missing", "directory", "fifo", "large"])
def test_what_is_no_file_of_keys_is_told(path: Path, trouble: str) -> None:
    path.unlink()
    match trouble:
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "large":
            path.write_bytes(b"#" * (1 << 21))
    with pytest.raises(ConfigError):
        KeyFile(path).read()


def test_the_way_ends_at_home_and_else_at_the_root(tmp_path: Path) -> None:
    home = tmp_path / "open" / "home"
    home.mkdir(parents=True)
    home.parent.chmod(0o777)
    file = home / "keys"
    file.touch(0o600)
    check_strictly(file, file.stat(), home=home)
    with pytest.raises(ConfigError, match="open"):
        check_strictly(file, file.stat(), home=tmp_path / "nowhere")
