"""What was said of the kinds is kept in a private file, and is believed when the server says that it still holds."""

import asyncio
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kty.errors import Forbidden, KtyError, Unreachable
from kty.kube.discovery import Discovery, discover
from kty.kube.discovery_cache import MOST_BYTES, KeptDiscovery, kept_path
from kty.kube.groups import AGGREGATED
from kty.kube.tagged import Tagged
from kty.kube.target import AuthInfo, Config, Impersonation, Tls
from tests.kube.asking import against

FIXTURES = Path(__file__).parent / "discovery"
NEW: dict[str, Any] = json.loads((FIXTURES / "aggregated.json").read_text())
OLD: dict[str, Any] = json.loads((FIXTURES / "legacy.json").read_text())
CONFIG = Config("dev", "here", "me", "https://api.example:6443")


class Server:
    """Answers with what it has and an ETag, or with 304 to whoever knows the tag; counts what it had to say."""

    def __init__(self, answers: dict[str, Any], *, tags: bool = True) -> None:
        self.answers = answers
        self.tags = tags
        self.fault: KtyError | None = None
        self.said: list[str] = []
        self.spared: list[str] = []

    def tag(self, path: str) -> str:
        return f'"{abs(hash(json.dumps(self.answers[path])))}"' if self.tags else ""

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        self.said.append(path)
        if path not in self.answers:
            raise Unreachable("refused")
        return json.dumps(self.answers[path]).encode()

    async def revalidate(self, path: str, *, tag: str = "", headers: Mapping[str, str] | None = None) -> Tagged | None:
        assert headers == {"Accept": AGGREGATED}
        if self.fault is not None:
            raise self.fault
        if tag and tag == self.tag(path):
            self.spared.append(path)
            return None
        self.said.append(path)
        answer = self.answers[path]
        return Tagged(answer if isinstance(answer, bytes) else json.dumps(answer).encode(), self.tag(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kty" / "discovery-1.json"


def ask(server: Server, path: Path | None) -> Discovery:
    """Discover as a process does that has just begun."""
    return asyncio.run(discover(KeptDiscovery(server, path)))


def known() -> Discovery:
    """Return what there is, without a file."""
    return asyncio.run(discover(Server(NEW)))


def test_what_still_holds_is_not_said_again(path: Path) -> None:
    server = Server(NEW)
    first = ask(server, path)
    assert (sorted(server.said), server.spared) == (["/api", "/apis"], [])
    second = ask(server, path)
    assert (sorted(server.said), sorted(server.spared)) == (["/api", "/apis"], ["/api", "/apis"])
    assert first == second == known()


def test_within_one_process_the_file_is_read_once(path: Path) -> None:
    server = Server(NEW)
    kept = KeptDiscovery(server, path)
    first = asyncio.run(discover(kept))
    path.unlink()
    assert asyncio.run(discover(kept)) == first
    assert sorted(server.spared) == ["/api", "/apis"]


def test_what_has_changed_is_said_and_kept(path: Path) -> None:
    server = Server(NEW)
    ask(server, path)
    server.answers = {**NEW, "/apis": {"kind": "APIGroupDiscoveryList", "items": []}}
    assert not ask(server, path).find("deployments")
    assert server.spared == ["/api"]
    ask(server, path)
    assert server.said.count("/apis") == 2


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    path.parent.mkdir(parents=True, mode=0o755)
    ask(Server(NEW), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [path.name]


BROKEN = {
    "empty": b"",
    "cut off": b'{"/apis": {"tag": "x", "bo',
    "another form": b"[1, 2]",
    "no tags": b'{"/apis": {"body": {}}}',
    "no list": b'{"/apis": {"tag": "\\"1\\"", "body": {"kind": "Status"}}}',
    "no header": b'{"/apis": {"tag": "a\\r\\nX-Evil: 1", "body": {"kind": "APIGroupDiscoveryList"}}}',
    "no text": b"\xff\xfe",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_as_none_and_is_replaced(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    server = Server(NEW)
    assert ask(server, path).find("deployments")
    assert (sorted(server.said), server.spared) == (["/api", "/apis"], [])
    ask(server, path)
    assert sorted(server.spared) == ["/api", "/apis"]


def test_a_link_a_pipe_a_folder_or_something_huge_is_as_none(path: Path) -> None:
    path.parent.mkdir(parents=True)
    ask(Server(NEW), path.with_name("elsewhere"))

    def link() -> None:
        path.symlink_to(path.with_name("elsewhere"))

    def pipe() -> None:
        os.mkfifo(path)

    def huge() -> None:
        with path.open("wb") as file:
            file.truncate(MOST_BYTES + 1)

    for make in (link, pipe, path.mkdir, huge):
        make()
        server = Server(NEW)
        assert ask(server, path).find("deployments")
        assert server.spared == []
        path.rmdir() if path.is_dir() else path.unlink()


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (None, tmp_path / "file" / "kty" / "discovery.json"):
        server = Server(NEW)
        ask(server, path)
        assert ask(server, path) == known()
        assert server.spared == []


def test_a_lie_in_the_file_lasts_no_longer_than_until_the_server_speaks(path: Path) -> None:
    path.parent.mkdir(parents=True)
    body = {"kind": "APIGroupDiscoveryList", "items": []}
    path.write_text(json.dumps({each: {"tag": '"old"', "body": body} for each in ("/api", "/apis")}))
    server = Server(NEW)
    assert ask(server, path) == known()
    assert sorted(server.said) == ["/api", "/apis"]


@pytest.mark.parametrize("error", [Unreachable("refused"), Forbidden("no", code=403)])
def test_what_the_server_does_not_confirm_is_not_believed(error: KtyError, path: Path) -> None:
    server = Server(NEW)
    ask(server, path)
    server.fault = error
    if isinstance(error, Forbidden):
        assert ask(server, path).resources == ()
    else:
        with pytest.raises(Unreachable):
            ask(server, path)


def test_the_old_form_and_an_answer_without_a_tag_are_not_kept(path: Path) -> None:
    assert ask(Server(OLD), path).find("deployments")
    assert ask(Server(NEW, tags=False), path).find("deployments")
    assert not path.exists()


def test_rubbish_is_not_kept(path: Path) -> None:
    with pytest.raises(KtyError):
        ask(Server({"/api": b"<html>", "/apis": b"{"}, tags=False), path)
    assert not path.exists()


def test_the_file_is_below_the_cache_of_the_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = kept_path(CONFIG)
    assert path is not None
    assert path.parent == tmp_path / "kty"


def test_every_server_and_every_identity_has_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    configs = [
        CONFIG,
        replace(CONFIG, server="https://api.example:6444"),
        replace(CONFIG, user="you"),
        replace(CONFIG, tls=Tls(server_name="other.example")),
        replace(CONFIG, impersonate=Impersonation("jane")),
        replace(CONFIG, impersonate=Impersonation("jane", groups=("dev",))),
        replace(CONFIG, impersonate=Impersonation("jane", groups=("ops",))),
    ]
    assert len({kept_path(config) for config in configs}) == len(configs)


def test_the_files_name_tells_nothing_of_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kept_path(replace(CONFIG, auth=AuthInfo(token="s3cret"))) == kept_path(CONFIG)
    assert kept_path(replace(CONFIG, context="another", namespace="x")) == kept_path(CONFIG)


async def test_a_client_asks_by_the_tag() -> None:
    asked: list[tuple[str, str | None]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.headers["Accept"], request.headers.get("If-None-Match")))
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304, headers={"ETag": '"1"'})
        return web.Response(body=b'{"a": 1}', headers={"ETag": '"1"'}, content_type="application/json")

    async with against(answer) as client:
        first = await client.revalidate("/apis", headers={"Accept": "a/b"})
        assert first == Tagged(b'{"a": 1}', '"1"')
        assert await client.revalidate("/apis", tag=first.tag) is None
        assert await client.revalidate("/apis", tag='"0"') == first
    assert asked == [("a/b", None), ("application/json", '"1"'), ("application/json", '"0"')]


async def test_a_304_that_nobody_asked_for_is_an_error() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=304)

    async with against(answer) as client:
        with pytest.raises(KtyError, match="304"):
            await client.revalidate("/apis")
        with pytest.raises(KtyError, match="304"):
            await client.request("GET", "/apis")
