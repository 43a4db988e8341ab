"""What is inside a container of the demo: files, variables, processes, and what listens."""

import base64
from collections.abc import Sequence
from typing import Any

import pytest

from kty.demo.demo import Demo
from kty.demo.pods.containers import Container, containers_of
from kty.demo.pods.machine import Process, program, run
from kty.demo.pods.network import Connection
from kty.demo.pods.streams import Kept, Null, Reader
from tests.demo.pods import demo_at, run_pod
from tests.runtime.fake_clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def demo(clock: FakeClock) -> Demo:
    return demo_at(clock)


def inside(demo: Demo, pod: Any) -> Container:
    container = containers_of(demo).container(pod, "main")
    assert container is not None
    return container


async def sh(container: Container, script: str | Sequence[str]) -> str:
    """Run a script in a container, and return all that it printed."""
    argv = ["sh", "-c", script] if isinstance(script, str) else list(script)
    machine, out = container.machine, Kept()
    process = Process(machine, argv, dict(machine.env), machine.cwd, Reader(Null()), out, out)
    await run(process, program(machine, argv[0], machine.env))
    return out.data.decode()


async def test_mounted_objects_are_read_as_they_are_now(demo: Demo) -> None:
    config = {"metadata": {"name": "settings", "namespace": "default"}, "data": {"level": "info", "deep.txt": "x"}}
    secret = {
        "metadata": {"name": "keys", "namespace": "default"},
        "data": {"key": base64.b64encode(b"\x00s").decode()},
    }
    demo.registry.create("configmaps", config)
    demo.registry.create("secrets", secret)
    items = [{"key": "deep.txt", "path": "a/b.txt"}]
    pod = run_pod(
        demo,
        volumes=[
            {"name": "c", "configMap": {"name": "settings"}},
            {"name": "i", "configMap": {"name": "settings", "items": items}},
            {"name": "s", "secret": {"secretName": "keys"}},
        ],
        volumeMounts=[{"name": name, "mountPath": f"/mnt/{name}"} for name in "cis"],
    )
    container = inside(demo, pod)
    assert await sh(container, "cat /mnt/c/level; ls /mnt/c; cat /mnt/i/a/b.txt; wc -c < /mnt/s/key") == (
        "infodeep.txt\nlevel\nx2\n"
    )
    demo.registry.change("configmaps", "default", "settings", lambda obj: obj["data"].update(level="debug"))
    assert await sh(container, "cat /mnt/c/level") == "debug"
    assert await sh(container, "echo x > /mnt/c/new") == "sh: can't create /mnt/c/new: Read-only file system\n"


async def test_its_own_token_opens_the_api(demo: Demo) -> None:
    demo.registry.create("serviceaccounts", {"metadata": {"name": "default", "namespace": "default"}})
    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}},
        {"configMap": {"name": "kube-root-ca.crt"}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    where = "/var/run/secrets/kubernetes.io/serviceaccount"
    pod = run_pod(
        demo,
        volumes=[{"name": "api", "projected": {"sources": sources}}],
        volumeMounts=[{"name": "api", "mountPath": where}],
    )
    container = inside(demo, pod)
    assert await sh(container, f"ls {where}; cat {where}/namespace") == "ca.crt\nnamespace\ntoken\ndefault"
    user = demo.service_accounts.read(await sh(container, f"cat {where}/token"))
    assert user is not None
    assert user.name == "system:serviceaccount:default:default"


async def test_variables_come_from_the_spec(demo: Demo) -> None:
    demo.registry.create(
        "configmaps", {"metadata": {"name": "c", "namespace": "default"}, "data": {"A": "1", "B": "2"}}
    )
    pod = run_pod(
        demo,
        envFrom=[{"prefix": "C_", "configMapRef": {"name": "c"}}],
        env=[
            {"name": "PLAIN", "value": "x"},
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "KEY", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "B"}}},
            {"name": "JOINED", "value": "$(PLAIN)-$(POD)-$(NONE)-$$(PLAIN)"},
        ],
    )
    found = await sh(inside(demo, pod), "echo $C_A $C_B $PLAIN $POD $KEY $JOINED; hostname")
    assert found == "1 2 x one 2 x-one-$(NONE)-$(PLAIN)\none\n"


async def test_files_last_as_long_as_the_container(demo: Demo) -> None:
    pod = run_pod(
        demo,
        volumes=[{"name": "data", "emptyDir": {}}],
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
    )
    await sh(inside(demo, pod), "echo kept > /tmp/file; echo shared > /data/file")
    assert await sh(inside(demo, pod), "cat /tmp/file") == "kept\n"

    def restart(obj: Any) -> None:
        obj["status"]["containerStatuses"][0] |= {"containerID": "containerd://again", "restartCount": 1}

    pod = demo.registry.change("pods", "default", "one", restart, subresource="status")
    assert "No such file" in await sh(inside(demo, pod), "cat /tmp/file")
    assert await sh(inside(demo, pod), "cat /data/file") == "shared\n"
    demo.registry.store.remove("pods", pod)
    again = inside(demo, run_pod(demo, volumes=[{"name": "data", "emptyDir": {}}]))
    assert "No such file" in await sh(again, "cat /data/file")


async def test_what_the_command_did_is_there(demo: Demo, clock: FakeClock) -> None:
    script = "mkdir /made; for i in 1 2 3; do echo $i >> /made/file; sleep 10; done; sleep 3600"
    container = inside(demo, run_pod(demo, image="busybox", command=["sh", "-c", script], since=15))
    assert container.first is not None
    await container.first.caught_up()
    assert await sh(container, "cat /made/file") == "1\n2\n"
    assert "sleep 10" in await sh(container, "ps")
    await clock.advance(10)
    assert await sh(container, "cat /made/file; date +%s") == f"1\n2\n3\n{int(clock.now())}\n"


async def test_processes_of_a_known_program(demo: Demo) -> None:
    container = inside(demo, run_pod(demo, image="nginx:1"))
    found = (await sh(container, "ps")).splitlines()
    assert found[0] == "PID   USER     COMMAND"
    assert found[1] == "    1 root     nginx: master process nginx -g daemon off;"
    assert (await sh(container, "top -b -n1")).startswith("Mem: ")


async def test_an_image_without_a_shell(demo: Demo) -> None:
    container = inside(demo, run_pod(demo, image="gcr.io/distroless/static:1"))
    assert container.machine.programs == {}


async def fetched(demo: Demo, pod: Any, port: int, request: bytes = b"GET / HTTP/1.0\r\n\r\n") -> bytes:
    connection = Connection(await containers_of(demo).listening(pod, port))
    await connection.write(request)
    found = b""
    while data := await connection.read():
        found += data
    return found


async def test_declared_ports_answer(demo: Demo) -> None:
    pod = run_pod(demo, ports=[{"containerPort": 8080}])
    assert b"HTTP/1.1 200 OK\r\n" in await fetched(demo, pod, 8080)
    assert (await fetched(demo, pod, 8080, b"GET /healthz HTTP/1.1\r\n\r\n")).endswith(b"\r\n\r\nok\n")
    assert b"400 Bad Request" in await fetched(demo, pod, 8080, b"nonsense\r\n\r\n")
    with pytest.raises(ConnectionRefusedError):
        await containers_of(demo).listening(pod, 8081)
    idle = run_pod(demo, "idle", image="busybox", command=["sleep", "3600"], ports=[{"containerPort": 80}])
    with pytest.raises(ConnectionRefusedError):
        await containers_of(demo).listening(idle, 80)


async def test_services_are_reached_by_name(demo: Demo) -> None:
    run_pod(demo, "web", ports=[{"containerPort": 8080, "name": "http"}])

    def labelled(obj: Any) -> None:
        obj["metadata"]["labels"] = {"app": "web"}

    demo.registry.change("pods", "default", "web", labelled)
    ready = {"conditions": [{"type": "Ready", "status": "True"}]}
    demo.registry.change("pods", "default", "web", lambda obj: obj["status"].update(ready), subresource="status")
    port = {"port": 80, "targetPort": "http"}
    spec = {"selector": {"app": "web"}, "ports": [port], "clusterIP": "10.96.0.9"}
    demo.registry.create("services", {"metadata": {"name": "web", "namespace": "default"}, "spec": spec})
    container = inside(demo, run_pod(demo, "client"))
    for host in ("web", "web.default", "web.default.svc.cluster.local", "10.96.0.9"):
        assert '"pod": "web"' in await sh(container, f"wget -qO- http://{host}/api/")
    assert await sh(container, "wget -qO- nosuch/") == "wget: bad address 'nosuch'\n"
    refused = "wget: can't connect to remote host (web): Connection refused\n"
    assert await sh(container, "wget -qO- web:81") == refused


async def test_archives_go_in_and_out(demo: Demo) -> None:
    container = inside(demo, run_pod(demo))
    await sh(container, "mkdir -p /src/d; echo one > /src/a; echo two > /src/d/b; ln -s a /src/l; chmod 755 /src/a")
    await sh(container, "mkdir /out; tar cf - -C /src . | tar xf - -C /out")
    assert (
        await sh(container, "cat /out/a /out/d/b /out/l; stat -c %a /out/a; readlink /out/l")
        == "one\ntwo\none\n755\na\n"
    )
    assert await sh(container, "echo junk | tar xf -") == "tar: short read\n"
    await sh(container, "mkdir /safe; cd /safe; tar cf /x.tar -C / etc/hostname; tar xf /x.tar; rm -r /src /out")
    assert await sh(container, "cat /safe/etc/hostname") == "one\n"


async def test_a_full_disk_says_so(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kty.demo.pods.files.SPACE", 100_000)
    container = inside(demo, run_pod(demo))
    assert "No space left on device" in await sh(container, "head -c 200000 /dev/zero > /tmp/big")
    await sh(container, "rm /tmp/big")
    assert await sh(container, "head -c 50000 /dev/zero > /tmp/big; wc -c < /tmp/big") == "50000\n"
