"""What is loaded when: who asks for help pays for no screen, and who waits for a screen pays for no cluster."""

import subprocess
import sys

import pytest

from tests.rigged.server import RiggedDemo, serving
from tests.running import WATCHED, Home
from tests.term.desk import Desk
from tests.watched import HEAVY

SCREENS_AND_CLUSTERS = {"textual", "rich", "kubernetes_asyncio", "aiohttp", "asyncssh", "asyncio", "ssl"}


def loaded_by(home: Home, *args: str) -> tuple[int, set[str]]:
    """Return the status of `python -m kty`, and which modules it loaded."""
    done = home.run_command(sys.executable, "-X", "importtime", "-m", "kty", *args)
    times = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip() for line in times}
    assert "argparse" in modules, "nothing was measured"
    return done.returncode, modules


@pytest.mark.parametrize("argument", ["--help", "--version", "get", "--nonsense", "pods", "serve"])
def test_what_needs_no_screen_loads_nothing_heavy(home: Home, argument: str) -> None:
    status, modules = loaded_by(home, argument)
    assert status == (0 if argument in ("--help", "--version") else 2)
    assert not modules & {*HEAVY, "logging"}
    assert len(modules) < 150


def imported(me: Desk) -> set[str]:
    return {line.removeprefix("imports ") for line in me.report.decode().splitlines() if line.startswith("imports ")}


@pytest.mark.parametrize("trouble", ["no kubeconfig", "broken", "context", "settings", "log"])
async def test_no_error_before_the_screen_loads_it(home: Home, trouble: str) -> None:
    home.knows("https://127.0.0.1:9")
    args: list[str] = []
    match trouble:
        case "no kubeconfig":
            home.kubeconfig.unlink()
        case "broken":
            home.write(home.kubeconfig, "{")
        case "context":
            args = ["--context", "nowhere"]
        case "settings":
            home.write(home.config, "nonsense: 1")
        case "log":
            args = ["--log-file", str(home.path / "nowhere" / "log")]
    async with home.sits(*args, command=WATCHED, typed=b"n\r") as me:
        assert await me.ends() in (1, 2)
        await me.hears("ended")
        assert not imported(me) & SCREENS_AND_CLUSTERS
        assert imported(me) or trouble in ("log", "no kubeconfig")  # it would tell


def test_the_demo_is_loaded_by_nobody_else(home: Home) -> None:
    code = "import kty, kty.cli, kty.app, sys; print(*[name for name in sys.modules if name.startswith('kty.demo')])"
    done = home.run_command(sys.executable, "-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


async def test_the_first_frame_is_up_before_the_cluster_is_loaded(home: Home) -> None:
    gate = home.path / "gate"
    async with serving(RiggedDemo()) as server:
        server.put("pods", {"metadata": {"name": "web-1", "namespace": "default"}})
        home.knows(server.url)
        async with home.sits(command=WATCHED, env={"GATE": str(gate)}) as me:
            await me.hears("imports aiohttp")
            await me.sees("kty dev")
            me.type(b":deploym")
            await me.sees("deployments")
            assert "imports kubernetes_asyncio" not in me.report.decode()
            me.type(b"\x1b[27u")
            gate.touch()
            await me.sees("web-1")
            me.type(b"\x03")
            assert await me.ends() == 0


@pytest.mark.parametrize("module", ["kty", "kty.cli", "kty.errors", "kty.text", "kty.kube.config", "kty.settings"])
def test_a_module_that_is_needed_first_is_light(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert module in loaded
    assert not loaded & {*SCREENS_AND_CLUSTERS, "yaml"}


def test_the_first_list_waits_for_nothing_that_only_acts_and_opens_need() -> None:
    loaded = set(
        subprocess.check_output([sys.executable, "-c", "import sys, kty.app; print(*sys.modules)"], text=True).split()
    )
    assert "kty.screens.browse" in loaded
    assert not loaded & {"kty.kube.api", "kty.screens.container_choice", "kty.screens.detail", "kty.screens.logs"}


def test_what_shows_data_loads_no_screen() -> None:
    code = "import sys, kty.views.registry, kty.runtime.cluster, kty.kube.client; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"textual", "rich", "kubernetes_asyncio", "aiohttp", "asyncssh"}
