"""Every error of the tree can happen, and each is a sentence that a person understands.

A class without a case fails `test_no_error_is_left_out`: make it happen on loopback, or better on demo and real alike.
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import kty
from kty.errors import KtyError
from kty.text import is_printable
from tests.cluster.place import Place
from tests.contract.conftest import Cluster
from tests.contract.every_error import from_the_server, mistakes, on_the_way
from tests.contract.every_error.case import Bench, Case, Spot, sentence
from tests.kube.certificates import Authority

HERE = [*mistakes.CASES, *on_the_way.CASES]
THERE = from_the_server.CASES


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    """Return one that clients trust, and a stranger."""
    folder = tmp_path_factory.mktemp("pki")
    return Authority(folder / "ca", "the CA"), Authority(folder / "stranger", "another CA")


async def _happens(case: Case, where: Bench | Spot) -> None:
    with pytest.raises(KtyError) as raised:
        await case.happen(where)  # type: ignore[arg-type]
    error = raised.value
    assert sentence(error, where.words) == case.said
    assert type(error) is case.kind
    assert is_printable(error.sentence())


@pytest.mark.parametrize("case", HERE, ids=lambda case: case.name)
async def test_what_goes_wrong_here_or_on_the_way(
    case: Case, tmp_path: Path, authorities: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    await _happens(case, Bench(tmp_path, *authorities))


@pytest.mark.timeout(1000)  # one of them waits until a server that has just started forgets its beginning
@pytest.mark.parametrize("case", THERE, ids=lambda case: case.name)
async def test_what_the_server_refuses(case: Case, cluster: Cluster, place: Place, tmp_path: Path) -> None:
    await _happens(case, Spot(cluster, place, tmp_path, {place.namespace: "NAMESPACE"}))


def _below(kind: type[KtyError]) -> Iterator[type[KtyError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)


def test_no_error_is_left_out() -> None:
    for module in pkgutil.walk_packages(kty.__path__, "kty."):
        if module.name != "kty.__main__":
            import_module(module.name)
    ours = {each for each in _below(KtyError) if each.__module__.startswith("kty.")}
    assert ours == {case.kind for case in (*HERE, *THERE)}
