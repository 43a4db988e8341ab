"""What every test may ask for."""

import gc
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.running import Home

# How long a case takes says how busy the machine is, and nothing about kty.
settings.register_profile("kty", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kty")


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell without job control gives that to what runs behind
        signal.signal(signal.SIGINT, signal.default_int_handler)  # else every program that a test starts has it, too


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="KTY_TEST_CLUSTER names no real API server")
    for item in items:
        if "cluster" in item.keywords:
            item.add_marker(pytest.mark.xdist_group("cluster"))  # one after the other: some break it on purpose
            if not os.environ.get("KTY_TEST_CLUSTER"):
                item.add_marker(skip)


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_order_by_age_of_the_server(items: list[pytest.Item]) -> None:
    """Let what makes the server young come first, and what waits until it is old last."""
    items.sort(key=lambda item: _wants_age(item) - ("restarts_server" in item.keywords))


def _wants_age(item: pytest.Item) -> bool:
    return "old_server" in item.keywords or "a_list_of_long_ago" in item.name


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # thousands of tests, which no collection need look at again: a tenth of all the time


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


_faulty = _Kept()
logging.getLogger("kty.runtime.listeners").addHandler(_faulty)


@pytest.fixture(autouse=True)
def faulty_listeners() -> Iterator[list[str]]:
    """Return what listeners raised; a test that leaves some in it fails, as kty itself would hide them in its log."""
    yield _faulty.said
    said, _faulty.said[:] = list(_faulty.said), []
    assert not said, "\n".join(said)


@cache
def _kubeconfig(script: str, user: str) -> Path:
    return Path(subprocess.check_output([script, "kubeconfig", user], text=True).strip())


@pytest.fixture(scope="session")
def cluster_kubeconfig() -> Callable[[str], Path]:
    """Return the path of a kubeconfig for the real API server, by user: admin, viewer, editor, nobody, impersonator."""
    script = os.environ["KTY_TEST_CLUSTER"]
    return lambda user: _kubeconfig(script, user)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home directory with nothing in it, to run the real `kty` in."""
    path = tmp_path / "home"
    path.mkdir()
    return Home(path)
