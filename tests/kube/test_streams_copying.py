"""Archives that a hostile or broken container sends: nothing is written outside the target, ever."""

import asyncio
import io
import os
import stat
import tarfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kty.errors import ClusterError, UsageError
from kty.kube.streams.channels import CLOSE
from kty.kube.streams.copying import Copied, copy_from, copy_to
from kty.kube.streams.exec import STATUS, STDERR, STDIN, STDOUT
from kty.kube.streams.tree_reading import Entry, Left, entries
from tests.kube.asking import against
from tests.kube.test_streams_exec import SUCCESS, failure, tell
from tests.kube.test_streams_websocket import speaking


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, **more: Any
) -> tuple[tarfile.TarInfo, bytes]:
    head = tarfile.TarInfo(name)
    head.type, head.size, head.mode = kind, len(content), 0o644
    for key, value in more.items():
        setattr(head, key, value)
    return head, content


def link(name: str, to: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, kind=tarfile.SYMTYPE, linkname=to)


def directory(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, kind=tarfile.DIRTYPE, mode=mode)


def archive(*members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.GNU_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as tar:
        for head, content in members:
            tar.addfile(head, io.BytesIO(content))
    return packed.getvalue()


async def received(
    data: bytes, target: Path, source: str = "/in/src", status: bytes = SUCCESS, errors: bytes = b""
) -> Copied:
    """Copy from a container whose tar sends this."""

    async def say(socket: web.WebSocketResponse) -> None:
        for at in range(0, len(data), 1000):
            await tell(socket, STDOUT, data[at : at + 1000])
        await tell(socket, STDERR, errors)
        await tell(socket, STATUS, status)

    async with against(speaking(say)) as client:
        return await copy_from(client, "default", "a", source, target)


def tree(top: Path) -> dict[str, str]:
    """Return what is below a directory: a file's content, where a link leads."""
    found = {}
    for path in sorted(top.rglob("*")):
        name = str(path.relative_to(top))
        found[name] = f"-> {path.readlink()}" if path.is_symlink() else path.read_text() if path.is_file() else "/"
    return found


def leading_out(target: Path) -> list[Path]:
    """Return what is in the target and leads out of it."""
    inside = os.path.realpath(target)
    return [path for path in target.rglob("*") if not os.path.realpath(path).startswith(inside)]


def point(path: Path, to: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(to)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return where to copy to; what is beside it must stay as it is."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("untouched")
    (tmp_path / "work").mkdir()
    return tmp_path / "work" / "target"


@pytest.mark.parametrize(
    "members",
    [
        [member("src/../../outside/file", b"bad")],
        [member("../outside/file", b"bad")],
        [member("/etc/passwd", b"bad")],
        [member("other/file", b"bad")],
        [member("srcfile", b"bad")],
        [member("src/..", b"bad")],
        [link("src/out", "../../outside"), member("src/out/file", b"bad")],
        [link("src/out", "/tmp"), member("src/out/file", b"bad")],
        [link("src", "../outside"), member("src/file", b"bad")],
        [link("src/file", "../../outside/file"), member("src/file", b"bad"), member("src/file", b"bad")],
        [link("src/d", "."), link("src/d/up", "../../outside"), member("src/d/up/file", b"bad")],
        [directory("src/p"), directory("src/p/q"), link("src/p/q/d", "../.."), link("src/p/q/b", "d/../../outside")],
        [directory("src/p"), link("src/p/l", "../x"), member("src/m", kind=tarfile.LNKTYPE, linkname="src/p/l")],
        [member("src/hard", kind=tarfile.LNKTYPE, linkname="../outside/file"), member("src/hard", b"bad")],
        [member("src/hard", kind=tarfile.LNKTYPE, linkname="/etc/passwd")],
        [member("src/device", kind=tarfile.CHRTYPE), member("src/pipe", kind=tarfile.FIFOTYPE)],
    ],
)
async def test_nothing_leaves_the_target(target: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    try:
        copied = await received(archive(*members), target)
    except (ClusterError, UsageError):
        pass
    else:
        assert copied.left or not any("bad" in text for text in tree(target.parent).values())
    assert tree(target.parent.parent / "outside") == {"file": "untouched"}
    assert {path.name for path in target.parent.parent.iterdir()} == {"outside", "work"}
    assert {path.name for path in target.parent.iterdir()} <= {"target"}
    assert leading_out(target) == []


async def test_a_link_that_was_there_already_is_not_followed(target: Path) -> None:
    point(target / "out", target.parent.parent / "outside")
    point(target / "file", target.parent.parent / "outside" / "file")
    copied = await received(archive(member("src/out/file", b"bad"), member("src/file", b"good")), target)
    assert [(one.path, one.why) for one in copied.left] == [("src/out/file", "something else stands in its way")]
    assert tree(target.parent.parent / "outside") == {"file": "untouched"}
    assert (target / "file").read_text() == "good"
    assert not (target / "file").is_symlink()


async def test_the_target_itself_may_not_be_a_link(target: Path) -> None:
    point(target, target.parent.parent / "outside")
    with pytest.raises(UsageError, match="cannot be written"):
        await received(archive(directory("src"), member("src/file", b"bad")), target)
    assert tree(target.parent.parent / "outside") == {"file": "untouched"}


async def test_what_is_inside_comes_whole(target: Path) -> None:
    sent = archive(
        directory("src", 0o755),
        directory("src/closed", 0o500),
        member("src/closed/file", b"x", mode=0o4755, mtime=1_600_000_000),
        member("src/again", kind=tarfile.LNKTYPE, linkname="src/closed/file"),
        link("src/closed/up", "../again"),
        member(f"src/{'n' * 200}", b"long", mtime=5),
    )
    copied = await received(sent, target)
    assert tree(target) == {
        "closed": "/",
        "closed/file": "x",
        "again": "x",
        "closed/up": "-> ../again",
        "n" * 200: "long",
    }
    assert (copied.files, copied.bytes, copied.left) == (3, 5, [])
    file = (target / "closed" / "file").stat()
    assert (stat.S_IMODE(file.st_mode), file.st_mtime, file.st_nlink) == (0o755, 1_600_000_000, 2)
    assert stat.S_IMODE((target / "closed").stat().st_mode) == 0o500


async def test_names_and_sizes_of_pax_are_understood(target: Path) -> None:
    names = ["ä" * 120, "plain"]
    sent = archive(*[member(f"./src/{name}", b"content", mtime=1.5) for name in names], form=tarfile.PAX_FORMAT)
    copied = await received(sent, target)
    assert tree(target) == dict.fromkeys(names, "content")
    assert copied.files == 2
    assert (target / "plain").stat().st_mtime == 1.5


@pytest.mark.parametrize("mtime", [1e30, -1e30, float("inf"), float("nan")])
async def test_a_time_that_no_file_can_have_is_left_out(target: Path, mtime: float) -> None:
    records = {"mtime": str(mtime)}
    sent = archive(
        member("src", kind=tarfile.DIRTYPE, mode=0o755, pax_headers=records),
        member("src/file", b"x", pax_headers=records),
        form=tarfile.PAX_FORMAT,
    )
    copied = await received(sent, target)
    assert (copied.files, copied.left) == (1, [])
    assert [path.stat().st_mtime for path in (target, target / "file")] == [0, 0]


@pytest.mark.parametrize("mtime", [1 << 70, -(1 << 70)])
async def test_a_time_of_many_bytes_is_left_out(target: Path, mtime: int) -> None:
    assert (await received(archive(member("src/file", b"x", mtime=mtime)), target)).left == []
    assert (target / "file").stat().st_mtime == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"this is no archive".ljust(1024), "what came is no tar archive"),
        (archive(member("src/a", bytes(5000)))[:3000], "the archive broke off"),
        (b"", "the archive broke off"),
        (archive(member("src/a", kind=tarfile.GNUTYPE_SPARSE)), "files with holes"),
    ],
)
async def test_an_archive_that_makes_no_sense(target: Path, data: bytes, message: str) -> None:
    with pytest.raises(ClusterError, match=message):
        await received(data, target)
    assert not any(path.name.endswith(".kty") for path in target.parent.rglob("*"))


async def test_why_tar_failed_says_more_than_what_it_sent(target: Path) -> None:
    with pytest.raises(ClusterError) as caught:
        await received(b"", target, status=failure("1"), errors=b"tar: src: denied\x1b[2J\ntar: no\n")
    assert str(caught.value) == "tar in the container failed: tar: src: denied\\x1b[2J; tar: no"


async def test_a_container_without_tar(target: Path) -> None:
    status = failure("1", reason="InternalError", code=500, message='exec: "tar": executable file not found in $PATH')
    with pytest.raises(ClusterError, match="there is no tar in the container"):
        await received(b"", target, status=status)


async def test_a_tar_that_ends_too_early_is_told(tmp_path: Path) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDERR, b"tar: disk full\n")
        await tell(socket, STATUS, failure("1"))

    (tmp_path / "large").write_bytes(bytes(20_000_000))
    async with against(speaking(say)) as client:
        with pytest.raises(ClusterError, match="tar in the container failed: tar: disk full"):
            await copy_to(client, "default", "a", tmp_path / "large", "/tmp/x")


async def test_a_tar_that_ends_early_is_told_before_the_server_tells(tmp_path: Path) -> None:
    ended = asyncio.Event()

    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDOUT, b"2\n")
        await tell(socket, STDERR, b"tar: disk full\n")
        async for message in socket:
            if message.data == bytes((CLOSE, STDIN)):
                ended.set()
                break
        await tell(socket, STATUS, SUCCESS)

    (tmp_path / "large").write_bytes(bytes(20_000_000))
    async with against(speaking(say)) as client:
        with pytest.raises(ClusterError, match="tar in the container failed: tar: disk full"):
            await copy_to(client, "default", "a", tmp_path / "large", "/tmp/x")
    assert ended.is_set()


@pytest.mark.parametrize("code", [0, 1])
async def test_a_container_without_a_shell_may_have_tar(tmp_path: Path, code: int) -> None:
    commands: list[list[str]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        commands.append(request.query.getall("command"))
        return await speaking(say)(request)

    async def say(socket: web.WebSocketResponse) -> None:
        if commands[-1][0] == "sh":
            why = 'exec: "sh": executable file not found in $PATH'
            await tell(socket, STATUS, failure("1", reason="InternalError", code=500, message=why))
            return
        async for message in socket:
            if message.data == bytes((CLOSE, STDIN)):
                break
        await tell(socket, STATUS, failure(str(code)) if code else SUCCESS)

    (tmp_path / "file").write_bytes(b"content")
    async with against(answer) as client:
        with pytest.raises(ClusterError, match="tar in the container failed") if code else nullcontext():
            copied = await copy_to(client, "default", "a", tmp_path / "file", "/tmp/x")
            assert (copied.files, copied.bytes) == (1, 7)
    assert [command[0] for command in commands] == ["sh", "tar"]


async def test_a_container_that_has_a_shell_and_no_tar(tmp_path: Path) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await tell(socket, STDERR, b"sh: tar: not found\n")
        await tell(socket, STDOUT, b"127\n")
        await tell(socket, STATUS, SUCCESS)

    (tmp_path / "file").write_bytes(b"content")
    async with against(speaking(say)) as client:
        with pytest.raises(ClusterError, match="there is no tar in the container"):
            await copy_to(client, "default", "a", tmp_path / "file", "/tmp/x")


def test_what_is_read_of_a_tree(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"x")
    os.link(tmp_path / "a" / "file", tmp_path / "a" / "second")
    (tmp_path / "a" / "loop").symlink_to(".")
    os.mkfifo(tmp_path / "a" / "pipe")
    found = [
        (entry.head.name, entry.head.type, entry.head.linkname) if isinstance(entry, Entry) else entry
        for entry in entries(tmp_path / "a", "top")
    ]
    assert found == [
        ("top/", tarfile.DIRTYPE, ""),
        ("top/file", tarfile.REGTYPE, ""),
        ("top/loop", tarfile.SYMTYPE, "."),
        Left(str(tmp_path / "a" / "pipe"), "neither a file, a directory nor a link"),
        ("top/second", tarfile.LNKTYPE, "top/file"),
    ]
    followed = list(entries(tmp_path / "a", "top", follow_links=True))
    assert Left(str(tmp_path / "a" / "loop"), "a link that leads back to where it is") in followed
