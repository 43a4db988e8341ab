"""The server's own key: made once, kept a secret, and told in the words of ssh."""

import subprocess
from pathlib import Path

import asyncssh
import pytest

from kty.errors import ConfigError
from kty.ssh.host_key import load_host_key
from tests.ssh.serving import HAS_OPENSSH

pytestmark = HAS_OPENSSH


def test_it_is_made_for_its_owner_alone_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "kty" / "host_key"
    key = load_host_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["host_key"]
    assert load_host_key(path).fingerprint == key.fingerprint


def test_ssh_keygen_says_the_same_of_it(tmp_path: Path) -> None:
    key = load_host_key(tmp_path / "key")
    said = subprocess.run(["ssh-keygen", "-lf", str(key.path)], capture_output=True, text=True, check=True).stdout
    assert key.fingerprint in said
    known = tmp_path / "known_hosts"
    known.write_text(f"{key.known_hosts('::1', 2222)}\n{key.known_hosts('example.com', 22)}\n")
    for host in ("[::1]:2222", "example.com"):
        found = subprocess.run(
            ["ssh-keygen", "-F", host, "-l", "-f", str(known)], capture_output=True, text=True, check=False
        )
        assert key.fingerprint in found.stdout, host


def test_the_one_who_was_first_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    generate = asyncssh.generate_private_key

    def meanwhile(*args: object, **more: object) -> asyncssh.SSHKey:
        monkeypatch.undo()
        load_host_key(path.with_name("other")).path.rename(path)
        return generate("ssh-ed25519")

    monkeypatch.setattr(asyncssh, "generate_private_key", meanwhile)
    made = load_host_key(path)
    assert made.fingerprint == load_host_key(path).fingerprint


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ("others", "others may read the host key"),
        ("nonsense", "cannot be read"),
        ("passphrase", "has a passphrase"),
        ("directory", "is no file|is a directory"),
        ("place", "cannot be made|cannot be read"),
    ],
)
def test_what_is_wrong_with_it_is_a_sentence(tmp_path: Path, trouble: str, why: str) -> None:
    path = tmp_path / "key"
    match trouble:
        case "others":
            load_host_key(path)
            path.chmod(0o640)
        case "nonsense":
            path.touch(0o600)
        case "passphrase":
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", str(path)], check=True)
        case "directory":
            path.mkdir(mode=0o700)
        case "place":
            path.touch(0o600)
            path = path / "below"
    with pytest.raises(ConfigError, match=why):
        load_host_key(path)
