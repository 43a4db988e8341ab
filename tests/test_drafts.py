"""Files that are there whole, or not at all."""

import asyncio
import itertools
import os
import stat
from pathlib import Path

import pytest

from kty import drafts
from kty.drafts import whole


def test_who_reads_meanwhile_sees_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with whole(path) as file:
        file.write(b"new\n" * 100_000)
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new\n" * 100_000
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def break_off(path: Path, error: BaseException) -> None:
    with whole(path) as file:
        file.write(b"new")
        raise error


@pytest.mark.parametrize("error", [OSError, UnicodeEncodeError, asyncio.CancelledError, KeyboardInterrupt])
def test_what_breaks_off_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    raised = error("utf-8", "x", 0, 1, "no") if error is UnicodeEncodeError else error()
    with pytest.raises(error):
        break_off(path, raised)
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_it_is_for_its_owner_and_follows_no_link(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "file"
    other.write_bytes(b"theirs")
    path.symlink_to(other)
    with whole(path) as file:
        file.write(b"mine")
    assert (other.read_bytes(), path.read_bytes(), path.is_symlink()) == (b"theirs", b"mine", False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_of_one_name_do_not_meet_and_the_last_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with whole(path) as last:
        with whole(path) as first:
            first.write(b"first")
        last.write(b"last")
    assert path.read_bytes() == b"last"


def test_what_a_process_left_long_ago_is_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_numbers", itertools.count())
    (tmp_path / f".file.{os.getpid()}-0").write_bytes(b"a part")
    with whole(tmp_path / "file") as file:
        file.write(b"all")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("file", b"all")]
