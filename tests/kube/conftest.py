"""What the tests of connections may ask for: certificates, made once, and no proxies."""

import pytest

from tests.kube.certificates import Authority, Issued


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of the machine that runs the tests be used."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return the authority that clients trust."""
    return Authority(tmp_path_factory.mktemp("pki") / "ca", "the CA")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("pki") / "stranger", "another CA")


@pytest.fixture(scope="session")
def api(authority: Authority) -> Issued:
    """Return the certificate of a server on loopback, whose name is api.test too."""
    return authority.issue("api", ["DNS:api.test", "IP:127.0.0.1"])


@pytest.fixture(scope="session")
def person(authority: Authority) -> Issued:
    """Return the client certificate of jane."""
    return authority.issue("jane")
