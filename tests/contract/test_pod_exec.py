"""exec: what a program in a container reads, prints and ends with."""

import asyncio
import hashlib

import pytest

from kty.kube.resource import Resource
from tests.cluster.place import GUARD, PODS, Place
from tests.contract.conftest import Cluster
from tests.contract.pods_that_run import container, output, path, run, start, status_of, until
from tests.contract.streams import ERROR, STDERR, STDOUT, V4, V5, Refusal, opened, streams_of

ROLES = Resource("rbac.authorization.k8s.io", "v1", "Role", "roles")
BINDINGS = Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings")


async def test_a_command_prints_and_succeeds(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["echo", "hello"]) as session:
        await session.end()
    assert session.protocol == V5
    assert session.first == (STDOUT, b""), "an empty message says that the session stands"
    assert session.on(STDOUT) == b"hello\n"
    assert session.status == {"metadata": {}, "status": "Success"}


async def test_standard_error_is_a_stream_of_its_own(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "echo out; echo err >&2") as session:
        await session.end()
    assert (session.on(STDOUT), session.on(STDERR)) == (b"out\n", b"err\n")


async def test_an_exit_code_comes_back(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "exit 3") as session:
        await session.end()
    assert session.code == 3
    assert session.status["reason"] == "NonZeroExitCode"
    assert session.status["message"] == (
        "command terminated with non-zero exit code: command terminated with exit code 3"
    )
    async with run(cluster, place, "one", "exit 3", protocols=(V4,)) as session:
        await session.end()
    assert session.protocol == V4
    assert session.status["message"] == (
        "command terminated with non-zero exit code: error executing command [sh -c exit 3], exit code 3"
    )


async def test_a_signal_shows_in_the_exit_code(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "kill -9 $$") as session:
        await session.end()
    assert session.code == 137


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("nosuch", 'exec: "nosuch": executable file not found in $PATH: unknown'),
        ("/nosuch", 'exec: "/nosuch": stat /nosuch: no such file or directory: unknown'),
        ("/etc/passwd", 'exec: "/etc/passwd": permission denied: unknown'),
    ],
)
async def test_what_cannot_be_started_is_an_internal_error(
    cluster: Cluster, place: Place, command: str, why: str
) -> None:
    await start(place, "one")
    for protocol, begins in (
        (V5, "Internal error occurred: Internal error occurred: "),
        (V4, "Internal error occurred: "),
    ):
        async with run(cluster, place, "one", [command], protocols=(protocol,)) as session:
            await session.end()
        status = session.status
        assert (status["status"], status["reason"], status["code"]) == ("Failure", "InternalError", 500)
        assert status["message"].startswith(
            f"{begins}error executing command in container: failed to exec in container"
        )
        assert status["message"].endswith(
            f"OCI runtime exec failed: exec failed: unable to start container process: {why}"
        )
        assert status["details"]["causes"] == [{"message": status["message"].removeprefix("Internal error occurred: ")}]


async def test_a_command_is_needed(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with opened(cluster.config(), path(place, "one", "exec"), streams_of()) as session:
        await session.end()
    assert session.status["message"].endswith("OCI runtime exec failed: exec failed: args must not be empty: unknown")


async def test_input_goes_both_ways_and_its_end_ends_cat(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["cat"], stdin=True) as session:
        await session.send(b"hello ")
        assert await session.until(b"hello ") == b"hello "
        await session.send(b"again")
        await session.half_close()
        await session.end()
    assert (session.on(STDOUT), session.code) == (b"hello again", 0)


async def test_input_is_counted_to_its_end(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["wc", "-c"], stdin=True) as session:
        for _ in range(10):
            await session.send(b"x" * 100_000)
        await session.half_close()
        await session.end()
    assert session.on(STDOUT).strip() == b"1000000"


async def test_v4_cannot_end_the_input(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "read a; echo $a; read b; echo $b", stdin=True, protocols=(V4,)) as session:
        await session.send(b"one\n")
        await session.until(b"one\n")
        await session.half_close()  # a channel like any other there: nobody listens
        await session.send(b"two\n")
        await session.end()
    assert session.on(STDOUT) == b"one\ntwo\n"


async def test_input_that_was_not_asked_for_is_not_read(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", ["cat"]) as session:
        await session.send(b"lost")
        await session.end()
    assert (session.on(STDOUT), session.code) == (b"", 0)


async def test_much_output_comes_whole(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "head -c 20000000 /dev/zero") as session:
        await session.end()
    assert len(session.on(STDOUT)) == 20_000_000
    assert session.code == 0


async def test_what_goes_in_comes_out_again(cluster: Cluster, place: Place) -> None:
    """64 MiB through cat: neither side may keep it all, and nothing may be lost."""
    await start(place, "one")
    sent, received = hashlib.sha256(), hashlib.sha256()
    chunk, count = bytes(range(256)) * 1024, 256

    async with run(cluster, place, "one", ["cat"], stdin=True, stderr=False) as session:

        async def send() -> None:
            for number in range(count):
                data = number.to_bytes(4, "big") + chunk[4:]
                sent.update(data)
                await session.send(data)
            await session.half_close()

        sending = asyncio.create_task(send())
        while await session.receive():
            if STDOUT in session.came:
                received.update(session.came.pop(STDOUT))
        await sending
    assert session.code == 0
    assert sent.digest() == received.digest()


async def test_the_newest_protocol_is_spoken_of_those_asked_for(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    for protocols, spoken in (((V4, V5), V5), (("v9.channel.k8s.io", V4), V4), ((V4,), V4)):
        async with run(cluster, place, "one", ["true"], protocols=protocols) as session:
            await session.end()
        assert session.protocol == spoken
    with pytest.raises(Refusal) as refused:
        async with run(cluster, place, "one", ["true"], protocols=("v9.channel.k8s.io",)):
            pass
    assert (refused.value.code, refused.value.body) == (403, b"")


async def test_older_protocols_have_no_status(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    for protocols in ((), ("channel.k8s.io",)):
        async with run(cluster, place, "one", ["echo", "x"], protocols=protocols) as session:
            await session.end()
        assert session.came == {STDOUT: b"x\n"}
        async with run(cluster, place, "one", ["false"], protocols=protocols) as session:
            await session.end()
        told = b"command terminated with non-zero exit code: error executing command [false], exit code 1"
        assert session.on(ERROR) == told


async def test_what_cannot_be_opened_says_why(cluster: Cluster, place: Place) -> None:
    await start(place, "two", container(name="a"), container(name="b"))
    await place.pod("waits")
    config, asked = cluster.config(), [*streams_of(), ("command", "true")]
    cases = [
        ("two", asked, 400, "a container name must be specified for pod two, choose one of: [a b]"),
        ("two", [*asked, ("container", "zz")], 400, "container zz is not valid for pod two"),
        ("two", [("container", "a"), ("command", "true")], 400, "you must specify at least 1 of stdin, stdout, stderr"),
        ("waits", asked, 400, "pod waits does not have a host assigned"),
        ("nope", asked, 404, 'pods "nope" not found'),
    ]
    for pod, query, code, message in cases:
        with pytest.raises(Refusal) as refused:
            async with opened(config, path(place, pod, "exec"), query):
                pass
        assert (refused.value.code, refused.value.message) == (code, message)


async def test_a_container_that_does_not_run_cannot_be_entered(cluster: Cluster, place: Place) -> None:
    await start(place, "two", container(name="a"), container("exit 0", name="b"), wait=False, restartPolicy="Never")
    await until(place, "two", lambda pod: "terminated" in _state(pod, "b") and "running" in _state(pod, "a"))
    for part, message in (
        ("exec", 'container not found ("b")'),
        ("attach", f"container b not found in pod two_{place.namespace}"),
    ):
        query = [*streams_of(), ("command", "true"), ("container", "b")]
        with pytest.raises(Refusal) as refused:
            async with opened(cluster.config(), path(place, "two", part), query):
                pass
        assert (refused.value.code, refused.value.message) == (500, message)


def _state(pod: dict[str, dict[str, list[dict[str, dict[str, str]]]]], name: str) -> dict[str, str]:
    statuses = pod["status"].get("containerStatuses") or []
    return next((one["state"] for one in statuses if str(one["name"]) == name), {})


async def test_a_plain_request_is_refused(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    for method in ("GET", "POST"):
        error = await status_of(
            cluster.client().request(method, path(place, "one", "exec"), query=[("command", "ls"), ("stdout", "1")])
        )
        assert str(error) == "Upgrade request required"


async def test_who_may_enter(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    assert await output(cluster, place, "one", ["echo", "in"], user="editor") == b"in\n"
    with pytest.raises(Refusal) as refused:
        async with run(cluster, place, "one", ["echo", "in"], user="viewer"):
            pass
    assert refused.value.code == 403
    assert refused.value.message == (
        f'pods "one" is forbidden: User "viewer" cannot get resource "pods/exec" in API group "" '
        f'in the namespace "{place.namespace}"'
    )


async def test_getting_is_not_enough(cluster: Cluster, place: Place) -> None:
    """A WebSocket is opened with GET, and yet it takes the right to create."""
    rule = {"apiGroups": [""], "resources": ["pods/exec", "pods/attach", "pods/portforward"], "verbs": ["get"]}
    await place.create(ROLES, "looks", rules=[rule])
    subject = {"apiGroup": ROLES.group, "kind": "User", "name": "nobody"}
    await place.create(
        BINDINGS, "looks", roleRef={"apiGroup": ROLES.group, "kind": "Role", "name": "looks"}, subjects=[subject]
    )
    config = cluster.config("nobody")
    for part, query in (("exec", ("command", "ls")), ("attach", ("stdout", "1")), ("portforward", ("ports", "80"))):

        async def refusal(part: str = part, query: tuple[str, str] = query) -> str:
            with pytest.raises(Refusal) as refused:
                async with opened(config, path(place, "nope", part), [query]):
                    pass
            assert refused.value.code == 403
            return refused.value.message

        async with asyncio.timeout(GUARD):  # roles take a moment to count
            while True:
                message = await refusal()
                if " cannot get " not in message:
                    break
                await asyncio.sleep(0.1)
        assert message == 'pods "nope" is forbidden: '


async def test_a_pod_that_goes_ends_its_sessions(cluster: Cluster, place: Place) -> None:
    await start(place, "one")
    async with run(cluster, place, "one", "echo here; sleep 3600; sleep 3600") as session:
        await session.until(b"here\n")
        await place._send("DELETE", PODS.path(place.namespace, "one"), {"gracePeriodSeconds": 1})
        await session.end()
    assert session.code == 137
