"""Bad input and bad days, as a person at a terminal sees them: one sentence, and a terminal that is whole."""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.kube.asking import unused_port
from tests.kube.certificates import Authority
from tests.kube.serving import serve
from tests.rigged.server import RiggedDemo, serving
from tests.running import WATCHED, Home
from tests.term.desk import Desk
from tests.term.emulator import colors

V1 = "client.authentication.k8s.io/v1"
POD = {"metadata": {"name": "web-1", "namespace": "default"}, "status": {"phase": "Running"}}


async def quit_kty(me: Desk) -> None:
    me.type(b"\x03")
    assert await me.ends() == 0
    assert not me.left_behind
    assert b"Traceback" not in me.sent


def flat(text: str) -> str:
    """Return what is on a screen as one line: sentences go over several."""
    return " ".join(text.split())


async def reads(me: Desk, *sentences: str) -> None:
    """Wait until all of this is on the screen, over however many lines."""
    await me.until(lambda: all(sentence in flat(me.screen) for sentence in sentences), str(sentences))


# Nothing can be shown


async def test_no_kubeconfig(home: Home) -> None:
    """It asks whether to open the demo; who does not want it is told what to do."""
    for answer in (b"n\r", b"\x04"):
        status, said = await home.says(typed=answer)
        assert status == 1
        nothing = f"kty: there is no kubeconfig: {home.kubeconfig} does not exist"
        assert f"{nothing}. Open the demo, a small cluster inside kty? [Y/n]" in flat(said)
        assert flat(said).endswith(
            f"{nothing}: set KUBECONFIG, or name a file with --kubeconfig; `kty --demo` opens a cluster of its own"
        )


@pytest.mark.parametrize("answer", [b"\r", b"y\r", b"Yes\r"])
async def test_the_demo_opens_for_who_has_no_kubeconfig_and_wants_it(home: Home, answer: bytes) -> None:
    async with home.sits(size=(160, 45), typed=answer) as me:
        await reads(me, "kty demo", "all namespaces", "CrashLoopBackOff", "● live")
        await quit_kty(me)


async def test_the_demo_opens_with_any_kind_and_size(home: Home) -> None:
    home.write(home.kubeconfig, "{")  # it is not looked at
    async with home.sits("--demo", "deploy", "-n", "shop") as me:
        await reads(me, "kty demo", "email-worker", "deployments 8 of 8", "● live")
        await quit_kty(me)
    async with home.sits("--demo=500") as me:
        await reads(me, "kty demo", "email-worker", "by Name ↑", "● live")  # only the namespace that was shown last
        await quit_kty(me)
    async with home.sits("--demo=500", "-A") as me:
        await reads(me, "pods 54", " of 54", "● live")
        await quit_kty(me)


async def test_a_kubeconfig_that_is_named_and_missing(home: Home) -> None:
    assert await home.says("--kubeconfig", "/nowhere/config") == (
        1,
        "kty: /nowhere/config: no such file: check --kubeconfig; `kty --demo` opens a cluster of its own\n",
    )
    status, said = await home.says(env={"KUBECONFIG": "/nowhere/config"})
    assert status == 1
    assert flat(said) == (
        "kty: there is no kubeconfig: /nowhere/config does not exist: set KUBECONFIG, or name a file with --kubeconfig;"
        " `kty --demo` opens a cluster of its own"
    )


async def test_a_kubeconfig_that_is_no_yaml(home: Home) -> None:
    home.write(home.kubeconfig, "current-context: dev\nclusters: [\nusers: }")
    status, said = await home.says()
    assert status == 1
    assert said.startswith(f"kty: {home.kubeconfig}, line 3: ")
    assert said.endswith("`kty --demo` opens a cluster of its own\n")
    assert said.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_kubeconfig_that_may_not_be_read(home: Home) -> None:
    home.write(home.kubeconfig, "").chmod(0)
    assert await home.says() == (1, f"kty: {home.kubeconfig} cannot be read: permission denied\n")


async def test_an_unknown_context(home: Home) -> None:
    home.knows("https://127.0.0.1:1")
    status, said = await home.says("--context", "deb")
    assert (status, said) == (
        1,
        f"kty: there is no context 'deb' in {home.kubeconfig}: did you mean 'dev'?\n",
    )


async def test_a_kubeconfig_is_read_once(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    shell = ("bash", "-c", f'"{sys.executable}" -m kty --kubeconfig <(cat "{home.kubeconfig}")')
    async with home.sits(command=shell) as me:
        await me.sees("kty dev")
        await quit_kty(me)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("keys: [", "line 1: "),
        ("colour: red", "line 1: there is no setting 'colour'; there are keys, theme, mouse, readonly"),
        ("theme: norf", ": no theme is called 'norf': did you mean nord?"),
        ("keys: {fliter: f}", ": no action is called 'fliter': did you mean filter?"),
    ],
)
async def test_a_broken_settings_file(home: Home, settings: str, sentence: str) -> None:
    home.knows("http://127.0.0.1:1")
    home.write(home.config, settings)
    status, said = await home.says()
    assert status == 1
    assert said.startswith(f"kty: {home.config}")
    assert sentence in said
    assert said.count("\n") == 1


async def test_the_files_are_looked_for_where_xdg_says(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    env = {"XDG_CONFIG_HOME": str(home.path / "etc"), "XDG_STATE_HOME": str(home.path / "var")}
    home.write(home.path / "etc/kty/config.yaml", "readonly: true")
    home.write(home.path / "var/kty/state.json", '{"namespaces": {"dev": ["remembered"]}}')
    home.write(home.config, "broken")
    async with home.sits(env=env) as me:
        await me.sees("read-only")
        await me.sees("remembered")
        await quit_kty(me)


async def test_without_a_home_there_is_still_a_sentence(home: Home) -> None:
    status, said = await home.says(env={"HOME": "", "KUBECONFIG": ""}, typed=b"n\r")
    assert status == 1
    assert "kty: there is no kubeconfig: " in said


# Nothing comes from the cluster


async def web_page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html><title>Welcome to nginx!</title></html>", content_type="text/html")


async def unauthorized(_: web.Request) -> web.StreamResponse:
    return web.json_response({"kind": "Status", "message": "Unauthorized", "code": 401}, status=401)


async def forbidden(request: web.Request) -> web.StreamResponse:
    message = f"{request.path} is forbidden: User 'anna' may not"
    return web.json_response({"kind": "Status", "message": message, "code": 403, "reason": "Forbidden"}, status=403)


async def test_a_server_that_is_not_there(home: Home) -> None:
    server = f"http://127.0.0.1:{unused_port()}"
    home.knows(server)
    async with home.sits() as me:
        await reads(me, f"connection refused: is {server} the right address, and can it be reached from here?")
        await reads(me, "stale for", "next try in")
        await quit_kty(me)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            web_page,
            "the server answered 200: Welcome to nginx!: "
            "this is no Kubernetes API server; check its address in your kubeconfig",
        ),
        (unauthorized, "Unauthorized: log in again, or check this user's credentials"),
        (
            forbidden,
            "no permission to list pods: /api/v1/namespaces/default/pods is forbidden: User 'anna' may not:"
            " open another namespace with :ns, or ask for the permission",
        ),
    ],
    ids=lambda it: getattr(it, "__name__", ""),
)
async def test_a_server_that_refuses(
    home: Home, answer: Callable[[web.Request], Awaitable[web.StreamResponse]], sentence: str
) -> None:
    async with serve(answer) as server:
        home.knows(server)
        async with home.sits() as me:
            await reads(me, sentence)
            await quit_kty(me)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki") / "ca", "the CA")


@pytest.mark.parametrize(
    ("days", "trusted", "sentence"),
    [
        (30, False, "is not to be trusted: unable to get local issuer certificate: check certificate-authority in the"),
        (-1, True, "has expired: renew it, or check the clock of this machine"),
    ],
)
async def test_a_certificate_that_is_no_good(
    home: Home, authority: Authority, days: int, trusted: bool, sentence: str
) -> None:
    issued = authority.issue(f"api-{days}-{trusted}", ["IP:127.0.0.1"], days=days)
    other = Authority(home.path / "other", "another CA")
    async with serve(web_page, issued.serving()) as server:
        home.knows(server, ca=str((authority if trusted else other).certificate))
        async with home.sits() as me:
            await reads(me, sentence)
            await quit_kty(me)


async def test_a_server_that_speaks_no_tls(home: Home) -> None:
    async with serve(web_page) as server:
        home.knows(server.replace("http:", "https:"))
        async with home.sits() as me:
            await reads(me, "what answers there does not speak TLS: check the port of 127.0.0.1:")
            await quit_kty(me)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("echo 'please log in' >&2; exit 3", "the credential plugin 'sh' ended with 3: please log in"),
        ("echo token", "the credential plugin 'sh' gave no credential: what it printed is no JSON: run sh in a shell"),
        ("printf '\\033[2J\\033]0;owned\\007' >&2; exit 1", "ended with 1: \\x1b[2J\\x1b]0;owned\\x07"),
    ],
)
async def test_a_credential_plugin_that_fails(home: Home, script: str, sentence: str) -> None:
    home.knows("http://127.0.0.1:1", user={"exec": {"apiVersion": V1, "command": "sh", "args": ["-c", script]}})
    async with home.sits() as me:
        await reads(me, sentence)
        assert b"\x1b[2J\x1b]0;owned" not in me.sent
        await quit_kty(me)


async def test_a_credential_plugin_that_hangs_holds_up_no_key_and_is_gone_with_us(home: Home) -> None:
    script = f"echo $$ > {home.path}/pid; exec sleep 60"
    home.knows("http://127.0.0.1:1", user={"exec": {"apiVersion": V1, "command": "sh", "args": ["-c", script]}})
    async with home.sits() as me:
        await me.until((home.path / "pid").exists)
        await me.sees("connecting…")
        me.type(b":ctx\r")
        await me.sees("contexts")
        await quit_kty(me)
    assert not is_running((home.path / "pid").read_text().strip())


def is_running(pid: str) -> bool:
    return Path("/proc", pid).exists()


async def test_all_namespaces_may_not_be_listed(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", POD)
        server.forbid("pods")
        home.knows(server.url)
        async with home.sits() as me:
            await me.sees("web-1")
            await reads(me, "only default is shown: no permission to list pods in all namespaces")
            await quit_kty(me)


async def test_a_token_that_expires_under_a_running_watch(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", POD)
        server.tokens = {"first"}
        token = home.write(home.path / "token", "first")
        home.knows(server.url, user={"tokenFile": str(token)})
        async with home.sits() as me:
            await me.sees("● live")
            server.tokens = {"second"}
            await server.down()  # every watch ends
            await server.up()
            await me.sees("log in again")
            assert "web-1" in me.screen
            token.write_text("second")
            await me.sees("● live")
            await quit_kty(me)


async def test_what_comes_in_one_go_after_the_colon_is_the_command(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    async with home.sits() as me:
        await me.sees("connection refused")
        me.type(b":ctx\r")
        await me.sees("contexts 1 of 1")
        me.type(b"/cluster:here\r")
        await me.sees("/cluster:here")
        await me.until(lambda: "\n /cluster:here" not in me.screen, "the filter taken")
        assert "contexts 1 of 1" in me.screen
        await quit_kty(me)


# The state file


async def test_a_broken_state_file_is_said_and_stops_nobody(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    home.write(home.state, "{nonsense")
    async with home.sits(size=(260, 20)) as me:
        await reads(me, f"{home.state} cannot be read, so kty starts afresh: JSON is malformed")
        await quit_kty(me)


async def test_a_state_file_that_cannot_be_written_is_said_and_stops_nobody(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    home.write(home.path / ".local/state", "a file where a folder should be")
    async with home.sits(size=(260, 20)) as me:
        await me.sees("kty dev")
        me.type(b"0")
        await reads(me, f"{home.state} cannot be")
        await quit_kty(me)


# The terminal


@pytest.mark.parametrize(
    ("env", "allowed"),
    [
        ({"TERM": "xterm"}, {"16", "default"}),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, set()),
        ({"TERM": "xterm-256color"}, {"256", "default"}),
    ],
    ids=["16", "none", "256"],
)
async def test_a_small_terminal_with_the_colors_it_has(home: Home, env: dict[str, str], allowed: set[str]) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", POD)
        home.knows(server.url)
        async with home.sits(size=(60, 15), env=env) as me:
            await reads(me, "web-1", "● live", "pods 1 of 1")
            lines = me.screen.splitlines()
            assert "kty dev" in lines[0]
            assert "pods 1 of 1" in lines[-2]
            assert "? keys" in lines[-1]
            me.type(b"y")
            await me.sees("kind: Pod")
            await quit_kty(me)
            assert colors(bytes(me.sent)) <= allowed


async def test_what_a_terminal_obeys_never_reaches_it(home: Home) -> None:
    async with serving(RiggedDemo()) as server:
        server.put("pods", {"metadata": {"name": "a\x1b]0;owned\x07\u202eb", "namespace": "x\x9b2Jy"}})
        home.knows(server.url, user={"token": "t"})
        async with home.sits(size=(160, 20)) as me:
            await me.sees("\\x1b]0;owned\\x07\\u202eb")
            me.type(b"y")
            await me.sees("owned")
            await quit_kty(me)
            assert b"\x1b]0;" not in me.sent
            assert "\u202e".encode() not in me.sent
            assert "\x9b".encode() not in me.sent


# The end


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_a_signal_ends_it_and_the_terminal_is_whole(home: Home, number: signal.Signals, status: int) -> None:
    home.knows("http://127.0.0.1:1")
    async with home.sits() as me:
        await me.sees("connection refused")
        assert me.left_behind
        me.process.send_signal(number)
        assert await me.ends() == status
        assert not me.left_behind


CRASHING = """
import sys
from kty.screens import browse

def crash(self):
    secret = "s3cret"
    raise ValueError(secret)

browse.BrowseScreen.action_reload = crash
from kty.__main__ import main

sys.exit(main())
"""


async def test_a_crash_is_one_sentence_and_the_terminal_is_whole(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    log = home.path / "kty.log"
    async with home.sits("--log-file", str(log), command=(sys.executable, "-c", CRASHING)) as me:
        await me.sees("connection refused")
        me.type(b"\x12")
        assert await me.ends() == 1
        assert not me.left_behind
        assert me.sent.decode().endswith(
            "kty: something went wrong inside (ValueError): --log-file FILE keeps what is needed to report it\r\n"
        )
        assert b"s3cret" not in me.sent
        assert b"Traceback" not in me.sent
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize("module", ["argparse", "kty.cli", "yaml", "kty.settings", "kty.app", "rich", "textual.app"])
async def test_ctrl_c_while_starting_ends_it_at_once_and_silently(home: Home, module: str) -> None:
    home.knows("http://127.0.0.1:1")
    async with home.sits(command=WATCHED, env={"INTERRUPT": module}) as me:
        assert await me.ends() == -signal.SIGINT  # the shell makes 130 of it
        assert me.sent == b""
        assert not me.left_behind


@pytest.mark.parametrize("module", ["kty.demo.running", "aiohttp", "kty.demo.shop", "kty.app"])
async def test_ctrl_c_while_the_demo_starts_ends_it_at_once_and_silently(home: Home, module: str) -> None:
    async with home.sits("--demo", command=WATCHED, env={"INTERRUPT": module}) as me:
        assert await me.ends() == -signal.SIGINT
        assert me.sent == b""
        assert not me.left_behind


async def test_ctrl_c_while_the_cluster_is_loaded_leaves_the_terminal_whole(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    async with home.sits(command=WATCHED, env={"INTERRUPT": "aiohttp"}) as me:
        assert await me.ends() == 130
        assert not me.left_behind
        assert b"Traceback" not in me.sent


async def test_ctrl_c_that_is_ignored_stays_ignored(home: Home) -> None:
    home.knows("http://127.0.0.1:1")
    shell = ("sh", "-c", f'trap "" INT; exec {" ".join(WATCHED)}')
    async with home.sits(command=shell, env={"INTERRUPT": "yaml"}) as me:
        await me.sees("kty dev")
        await quit_kty(me)
