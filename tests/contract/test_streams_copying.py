"""kty.kube.streams.copying: files to and from containers."""

import asyncio
import os
from pathlib import Path

import pytest

from kty.errors import ClusterError, UsageError
from kty.kube.streams.copying import Copied, copy_from, copy_to
from kty.kube.streams.exec import run
from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import start

CONTENT = os.urandom(1_000_003)


async def said(cluster: Cluster, place: Place, script: str) -> bytes:
    """Return what a script in the pod prints; it must succeed."""
    done = await run(cluster.client(), place.namespace, "one", ["sh", "-c", script])
    assert done.exit.is_success, done
    return done.stdout


def a_tree(top: Path) -> Path:
    tree = top / "tree"
    (tree / "below" / "deep").mkdir(parents=True)
    (tree / "data").write_bytes(CONTENT)
    (tree / "below" / "script").write_bytes(b"#!/bin/sh\necho ran\n")
    (tree / "below" / "script").chmod(0o755)
    (tree / "empty").write_bytes(b"")
    (tree / f"long-{'x' * 150}").write_bytes(b"long\n")
    (tree / "link").symlink_to("below/script")
    os.utime(tree / "data", (1_600_000_000, 1_600_000_000))
    return tree


async def test_a_tree_goes_there_and_comes_back(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    tree, back = a_tree(tmp_path), tmp_path / "back"
    seen: list[tuple[str, int]] = []

    def progress(copied: Copied) -> None:
        seen.append((copied.path, copied.bytes))

    there = await copy_to(cluster.client(), place.namespace, "one", tree, "/tmp/copy", progress=progress)
    assert (there.files, there.left) == (4, [])
    assert there.bytes == len(CONTENT) + 19 + 5
    assert [count for _, count in seen] == sorted(count for _, count in seen)
    assert str(tree / "data") in {path for path, _ in seen}
    assert await said(cluster, place, "sh /tmp/copy/link; cat /tmp/copy/long-*") == b"ran\nlong\n"
    here = await copy_from(cluster.client(), place.namespace, "one", "/tmp/copy", back)
    assert (here.files, here.bytes, here.left) == (4, there.bytes, [])
    assert sorted(str(path.relative_to(back)) for path in back.rglob("*")) == sorted(
        str(path.relative_to(tree)) for path in tree.rglob("*")
    )
    assert (back / "data").read_bytes() == CONTENT
    assert (back / "link").readlink() == Path("below/script")
    assert (back / "below" / "script").stat().st_mode & 0o777 == 0o755
    assert not list(back.rglob("*.kty"))


async def test_a_file_of_two_names_is_copied_once_and_counted_twice(
    cluster: Cluster, place: Place, tmp_path: Path
) -> None:
    await start(place, "one")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "data").write_bytes(CONTENT)
    (tmp_path / "tree" / "again").hardlink_to(tmp_path / "tree" / "data")
    there = await copy_to(cluster.client(), place.namespace, "one", tmp_path / "tree", "/tmp/copy")
    assert (there.files, there.bytes) == (2, len(CONTENT))
    here = await copy_from(cluster.client(), place.namespace, "one", "/tmp/copy", tmp_path / "back")
    assert here.files == 2
    assert (tmp_path / "back" / "again").read_bytes() == (tmp_path / "back" / "data").read_bytes() == CONTENT


async def test_times_are_kept(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    changed = int(await said(cluster, place, "stat -c %Y /etc/hosts"))
    await copy_from(cluster.client(), place.namespace, "one", "/etc/hosts", tmp_path / "hosts")
    assert int((tmp_path / "hosts").stat().st_mtime) == changed


async def test_one_file_by_another_name(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    (tmp_path / "here").write_bytes(CONTENT)
    await copy_to(cluster.client(), place.namespace, "one", tmp_path / "here", "/tmp/there")
    (tmp_path / "again").write_bytes(b"what was there before")
    copied = await copy_from(cluster.client(), place.namespace, "one", "/tmp/there", tmp_path / "again")
    assert (copied.files, copied.bytes) == (1, len(CONTENT))
    assert (tmp_path / "again").read_bytes() == CONTENT


async def test_links_that_lead_elsewhere_are_left(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    await said(cluster, place, "mkdir /tmp/t; ln -s /etc /tmp/t/etc; ln -s ../.. /tmp/t/up; echo x > /tmp/t/x")
    copied = await copy_from(cluster.client(), place.namespace, "one", "/tmp/t", tmp_path / "t")
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["x"]
    assert {(Path(one.path).name, one.why) for one in copied.left} == {
        ("etc", "a link that leads elsewhere"),
        ("up", "a link that leads elsewhere"),
    }


async def test_what_cannot_be_copied_says_why(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    client = cluster.client()
    with pytest.raises(ClusterError, match=r"tar in the container failed: .*[Nn]o such file"):
        await copy_from(client, place.namespace, "one", "/nosuch", tmp_path / "x")
    tree = a_tree(tmp_path)
    for _ in range(5):  # containerd loses about every fourth end of a command that left input unread
        with pytest.raises(ClusterError, match=r"tar in the container failed: .*[Nn]o such file"):
            await copy_to(client, place.namespace, "one", tree, "/nosuch/x")
    with pytest.raises(UsageError, match="nosuch cannot be read: no such file or directory"):
        await copy_to(client, place.namespace, "one", tmp_path / "nosuch", "/tmp/x")
    with pytest.raises(UsageError, match="cannot be written: no such file or directory"):
        await copy_from(client, place.namespace, "one", "/etc/hosts", tmp_path / "nosuch" / "x")
    assert not (tmp_path / "x").exists()


async def test_a_copy_that_is_given_up_leaves_nothing_half(cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await start(place, "one")
    await said(cluster, place, "head -c 5000000 /dev/zero > /tmp/large")
    target = tmp_path / "target"
    begun = asyncio.Event()

    def progress(copied: Copied) -> None:
        if copied.bytes:
            begun.set()

    copying = asyncio.create_task(
        copy_from(cluster.client(), place.namespace, "one", "/tmp/large", target, progress=progress)
    )
    await begun.wait()
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert [name for name in os.listdir(tmp_path) if not name.endswith(".kubeconfig")] == []  # noqa: PTH208 - names
