"""A refreshed login in its kubeconfig: two fields change, and nothing else; nobody else's work is lost."""

import json
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kty.kube import kubeconfig_tokens
from kty.kube.kubeconfig_tokens import NotWritten, Tokens, read_tokens, write_tokens

OLD, NEW = Tokens("old.id", "old-refresh"), Tokens("new.id", "new-refresh")
BLOCK = """\
# mine, do not touch
apiVersion: v1
users:
- name: jane # it's me
  user:
    auth-provider:
      name: oidc
      config:
        client-id: kubectl
        id-token: old.id   # goes stale
        idp-issuer-url: 'https://issuer.test'
        refresh-token: >-
          old-refresh
        unknown: {a: [1, 2]}
- name: joe
  user: {auth-provider: {name: oidc, config: {id-token: old.id, refresh-token: old-refresh}}}
"""
JSON = '{"users":[{"name":"jane","user":{"auth-provider":{"name":"oidc","config":{"refresh-token":"old-refresh"}}}}]}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_text(BLOCK)
    return path


def test_only_the_two_fields_change(file: Path) -> None:
    write_tokens(str(file), "jane", OLD, NEW)
    assert file.read_text() == BLOCK.replace("old.id   #", '"new.id"   #').replace(
        ">-\n          old-refresh", '"new-refresh"', 1
    )
    assert read_tokens(str(file), "jane") == NEW
    assert read_tokens(str(file), "joe") == OLD
    write_tokens(str(file), "joe", OLD, NEW)
    assert read_tokens(str(file), "joe") == NEW


def test_a_field_that_is_not_there_is_put_in(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(JSON)
    write_tokens(str(file), "jane", Tokens("", "old-refresh"), NEW)
    assert file.read_text() == JSON.replace(
        '"refresh-token":"old-refresh"', '"id-token": "new.id", "refresh-token":"new-refresh"'
    )
    file.write_text(BLOCK.replace("        id-token: old.id   # goes stale\n", ""))
    write_tokens(str(file), "jane", Tokens("", "old-refresh"), NEW)
    assert '        "id-token": "new.id"\n        client-id: kubectl\n' in file.read_text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encoding_line_ends_and_mode_stay(file: Path, encoding: str) -> None:
    content = BLOCK.replace("mine", "größe").replace("\n", "\r\n").encode(encoding)
    file.write_bytes(content)
    file.chmod(0o640)
    write_tokens(str(file), "jane", OLD, NEW)
    written = file.read_bytes()
    assert written[:4] == content[:4]
    assert "größe" in written.decode(encoding)
    assert written.decode(encoding).count("\r\n") == BLOCK.count("\n") - 1  # that of the folded token
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in file.parent.iterdir()] == ["config"]


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    write_tokens(str(tmp_path / "link"), "jane", OLD, NEW)
    assert (tmp_path / "link").is_symlink()
    assert read_tokens(str(file), "jane") == NEW


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BLOCK.replace("old-refresh", "another"), "somebody else logged in meanwhile"),
        (BLOCK.replace("jane", "june"), "it has no such user any more"),
        ("users: [{name: jane, user: {token: x}}]", "it has no such login any more"),
        ("{", "it is no kubeconfig any more"),
        (b"\xff\xff\xff", "it is no kubeconfig any more"),
        (None, "no such file or directory"),
        (BLOCK.replace("id-token: old.id ", "id-token: &a old.id ").replace("id-token: old.id,", "id-token: *a ,"),
         "it is written in a way that cannot be kept"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_left_as_it_is(file: Path, content: str | bytes | None, reason: str) -> None:
    if content is None:
        file.unlink()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content)
    with pytest.raises(NotWritten, match=f"^{reason}$"):
        write_tokens(str(file), "jane", OLD, NEW)
    if content is not None:
        assert file.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert {path.name for path in file.parent.iterdir()} <= {"config"}


def test_a_writer_who_holds_the_lock_is_waited_for_and_not_lost(file: Path) -> None:
    lock = Path(f"{file}.lock")
    lock.touch()

    def kubectl() -> None:
        file.write_text(file.read_text().replace("unknown: {a: [1, 2]}", "unknown: more"))
        lock.unlink()

    timer = threading.Timer(0.2, kubectl)
    timer.start()
    write_tokens(str(file), "jane", OLD, NEW)
    timer.join()
    assert "unknown: more" in file.read_text()
    assert read_tokens(str(file), "jane") == NEW
    assert not lock.exists()


def test_a_lock_that_nobody_takes_away_is_given_up(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubeconfig_tokens, "LOCK_TIMEOUT", 0.1)
    Path(f"{file}.lock").touch()
    with pytest.raises(NotWritten, match="file exists"):
        write_tokens(str(file), "jane", OLD, NEW)
    assert file.read_text() == BLOCK
    assert Path(f"{file}.lock").exists()


def test_many_writers_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubeconfig_tokens, "LOCK_TIMEOUT", 60.0)
    file, people = tmp_path / "config", [f"user-{number}" for number in range(8)]
    login = {"auth-provider": {"name": "oidc", "config": {"id-token": "old.id", "refresh-token": "old-refresh"}}}
    file.write_text(json.dumps({"users": [{"name": name, "user": login} for name in people]}))

    def write(name: str) -> None:
        write_tokens(str(file), name, OLD, Tokens(f"{name}.id", f"{name}-refresh"))

    writers = [threading.Thread(target=write, args=(name,)) for name in people]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [read_tokens(str(file), name) for name in people] == [
        Tokens(f"{name}.id", f"{name}-refresh") for name in people
    ]


def test_tokens_stay_out_of_what_is_printed() -> None:
    assert repr(OLD) == "Tokens()"


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
@settings(max_examples=50)
def test_whatever_a_token_holds_it_is_read_back_or_not_written(
    tmp_path_factory: pytest.TempPathFactory, token: str, refresh: str, is_block: bool
) -> None:
    file = tmp_path_factory.mktemp("any") / "config"
    content = BLOCK if is_block else JSON
    file.write_text(content)
    before = read_tokens(str(file), "jane") or Tokens()
    try:
        write_tokens(str(file), "jane", before, Tokens(token, refresh))
    except NotWritten:
        assert file.read_text() == content
    else:
        assert read_tokens(str(file), "jane") == Tokens(token, refresh)
