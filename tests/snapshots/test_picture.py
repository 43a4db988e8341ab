from pathlib import Path

import pytest

from kty.term.terminal import Terminal
from tests.sitting import Sitting, sitting_at
from tests.snapshots import picture
from tests.term.apps import Counter


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(picture, "FOLDER", tmp_path / "screenshots")
    (tmp_path / "screenshots").mkdir()
    monkeypatch.delenv("KTY_UPDATE_SCREENSHOTS", raising=False)
    return tmp_path / "screenshots"


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def counter(terminal: Terminal) -> Counter:
    return Counter(terminal)


def draw(me: Sitting[Counter], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("KTY_UPDATE_SCREENSHOTS", "1")
        picture.check(me.app, "counter")


async def test_a_picture_that_differs_fails_with_the_difference_and_leaves_the_new_one_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sitting_at(counter, size=(20, 3)) as me:
        await me.sees("count=0.")
        draw(me, monkeypatch)
        picture.check(me.app, "counter")
        me.app.count(1)
        await me.sees("count=1.")
        with pytest.raises(AssertionError, match=r"-  1 \|count=0\. .*\n\+  1 \|count=1\."):
            picture.check(me.app, "counter")
        assert list(files(folder)) == ["counter.new.svg", "counter.new.txt", "counter.svg", "counter.txt"]
        assert "count=1." in files(folder)["counter.new.txt"]
        draw(me, monkeypatch)
        assert list(files(folder)) == ["counter.svg", "counter.txt"]
        picture.check(me.app, "counter")


async def test_a_picture_that_is_not_there_yet_differs(folder: Path) -> None:
    async with sitting_at(counter, size=(20, 3)) as me:
        await me.sees("count=0.")
        with pytest.raises(AssertionError, match="make screenshots"):
            picture.check(me.app, "counter")


async def test_the_same_screen_is_the_same_picture(folder: Path) -> None:
    async with sitting_at(counter, size=(20, 3)) as me:
        await me.sees("count=0.")
        one = picture.as_svg(me.app)
    async with sitting_at(counter, size=(20, 3)) as me:
        await me.sees("count=0.")
        assert picture.as_svg(me.app) == one
        assert "count=0." in one
