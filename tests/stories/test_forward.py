"""`shift+f` lets programs of this machine reach ports of a cluster, and `:pf` shows what goes through."""

import asyncio
import base64
import re
from contextlib import suppress

import pytest

from kty.kube.streams.loopback import listen_on_loopback
from tests.forwarding import fetched
from tests.rigged.looking import row_under_cursor
from tests.rigged.seat import Desk, Seat
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop


@pytest.fixture(autouse=True)
def listens(server: RiggedDemo, shop: Shop) -> None:
    """Let the pods of `web` serve pages, and the service lead to them by name."""
    for name in ("web-5d9f7c-7xk2p", "web-5d9f7c-b9w4d", "web-5d9f7c-zq8vn"):
        serves(server, server.get("pods", name, "shop"))
    service = server.get("services", "web", "shop")
    service["spec"]["ports"] = [{"port": 80, "targetPort": "http", "name": "web"}]
    server.put("services", service)


def serves(server: RiggedDemo, pod: dict[str, object]) -> None:
    pod["spec"]["containers"][0]["ports"] = [{"containerPort": 8080, "name": "http"}]  # type: ignore[index]
    server.put("pods", pod)


async def opens_dialog(me: Seat, name: str) -> str:
    """Put the cursor on the first row of this name, and ask for its ports; return its whole name."""
    await me.sees("live")
    await me.press("/", *name, "enter")
    await me.until(lambda: name in row_under_cursor(me), f"the cursor on {name}")
    found = row_under_cursor(me)
    await me.press("F")
    await me.sees("port-forward", "enter does it")
    return found


async def reads(me: Seat, *texts: str) -> None:
    """Wait until the dialog says all of these, however its lines are broken."""

    def said() -> str:
        return " ".join(" ".join(re.findall(r"│(.*?)│", me.screen)).split())

    await me.until(lambda: all(text in said() for text in texts), f"reading {texts}")


def only(me: Seat) -> tuple[str, int]:
    """Return the address of the one forward."""
    (forward,) = me.app.session.forwards
    return forward.address


async def forwards(me: Seat, line: str = "") -> tuple[str, int]:
    """Type what is asked for, or take what is offered; return the address."""
    if line:
        await me.types(line)
    await me.press("enter")
    await me.sees("127.0.0.1:", " → ", "1 forwarded")
    return only(me)


async def test_a_pods_port_is_forwarded_and_goes_on_while_other_screens_are_shown(desk: Desk) -> None:
    async with desk.sit(size=(160, 30)) as me:
        name = await opens_dialog(me, "web-")
        await reads(me, f"to port 8080 of pod/{name} in shop", "http · web")
        address = await forwards(me)
        assert f"<h1>{name}</h1>" in await fetched(address)
        await me.press("y")
        await me.sees("kind: Pod", "1 forwarded")
        assert "200 OK" in await fetched(address)
        await me.press(":", *"pf", "enter")
        await me.sees("portforwards 1", f"127.0.0.1:{address[1]}", f"pod/{name}", "8080", "ready", f"leads to {name}")
        (forward,) = me.app.session.forwards
        await me.until(lambda: forward.open == 0, "the ends of the connections")
        assert (forward.total, forward.failures) == (2, 0)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*address)


async def test_a_service_leads_to_a_ready_pod_and_to_another_when_that_goes(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit("services", size=(180, 30)) as me:
        await opens_dialog(me, "web")
        await reads(me, "to port 80 (http) of the pods of service/web in shop", "leads to http")
        address = await forwards(me, "0:web")
        assert "200 OK" in await fetched(address)
        await me.press("f")
        await me.sees("service/web", "80 (http)", "leads to web-5d9f7c-zq8vn")
        server.delete("pods", "web-5d9f7c-zq8vn", "shop")
        await me.sees("leads to web-5d9f7c-")
        await me.until(lambda: "zq8vn" not in me.screen, "another pod")
        assert "200 OK" in await fetched(address)


async def test_a_deployment_waits_for_pods_and_a_connection_with_it(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit("deploy", size=(160, 30)) as me:
        await opens_dialog(me, "checkout")
        await reads(me, "deployment/checkout declares no ports: type one, as in 8080")
        address = await forwards(me, ":8080")
        await me.press("f")
        await me.sees("waiting", "none of 1 pods of deployment/checkout is ready")
        asking = asyncio.create_task(fetched(address))
        await me.sees("1 connection open")
        serves(server, shop.pod("checkout-1", 1, app="checkout"))
        await me.sees("leads to checkout-1")
        assert "200 OK" in await asking


async def test_what_fails_is_told_and_the_forward_goes_on(desk: Desk) -> None:
    async with desk.sit(size=(200, 30)) as me:
        await opens_dialog(me, "web-")
        address = await forwards(me, "0:9999")
        assert await fetched(address) == ""
        await me.press("f")
        await me.sees("port 9999: connection refused: does anything in the pod listen there? (0s ago)", "ready")


async def test_what_cannot_be_asked_for_is_said_while_it_is_typed(desk: Desk) -> None:
    async with desk.sit() as me:
        await opens_dialog(me, "web-")
        await me.types("metrics")
        await reads(me, "has no port metrics; it has 8080 (http)")
        await me.press("enter", "ctrl+u")
        await reads(me, "which port?")
        await me.press("down")
        await reads(me, "to port 8080 of pod/web-")
        await me.press("escape")
        await me.sees_not("port-forward ─")
        assert len(me.app.session.forwards) == 0


async def test_a_local_port_that_is_taken_is_said_and_another_can_be_typed(desk: Desk) -> None:
    taken = await listen_on_loopback(lambda reader, writer: None)
    number = taken.address[1]
    async with desk.sit() as me:
        await opens_dialog(me, "web-")
        await me.types(f"{number}:8080")
        await reads(me, f"Forward port {number} of this machine to port 8080")
        await me.press("enter")
        await reads(me, f"cannot listen on port {number} of this machine: address already in use")
        await me.press("ctrl+u")
        taken.close()
        assert await forwards(me, f"{number}:8080") == ("127.0.0.1", number)


async def test_one_is_stopped_and_its_address_copied(desk: Desk) -> None:
    async with desk.sit(size=(160, 30)) as me:
        await opens_dialog(me, "web-")
        host, port = await forwards(me, "0:8080")
        await me.press("f")
        await me.sees("portforwards 1")
        await me.press("c")
        await me.sees(f"copied {host}:{port}")
        assert b"\x1b]52;c;" + base64.b64encode(f"{host}:{port}".encode()) in me.terminal.sent
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET / HT")
        await me.sees("1 connection open")
        await me.press("x")
        await me.sees("no longer", "no port is forwarded: shift+f")
        await me.sees_not("1 forwarded")
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        await me.press("escape")
        await me.sees("pods 3 of 9")


async def test_from_the_list_one_gets_to_what_it_leads_to(desk: Desk) -> None:
    async with desk.sit("deploy", size=(160, 30)) as me:
        await opens_dialog(me, "web")
        await forwards(me, "0:8080")
        await me.press("f")
        for key, seen in (("enter", "kind: Deployment"), ("d", "Name:"), ("l", "logs of deployment/web")):
            await me.sees("portforwards 1")
            await me.press(key)
            await me.sees(seen)
            await me.press("escape")


async def test_another_context_keeps_them_and_says_where_they_lead(desk: Desk) -> None:
    async with desk.sit(size=(200, 30)) as me:
        await opens_dialog(me, "web-")
        address = await forwards(me, "0:8080")
        await me.press(":", *"ctx everything", "enter")
        await me.sees("pods 12 of 12", "1 forwarded")
        assert "200 OK" in await fetched(address)
        await me.press("f")
        await me.sees("Context", "shop")
        await me.press("y")
        await me.sees("it leads into another context: type :ctx shop first")


async def test_a_service_without_pods_of_its_own_is_refused(desk: Desk, server: RiggedDemo) -> None:
    service = server.get("services", "web", "shop")
    server.put("services", {**service, "spec": {**service["spec"], "selector": {}}})
    async with desk.sit("services") as me:
        await me.sees("live")
        await me.press("/", *"web", "enter", "F")
        await me.sees("service web selects no pods")


async def test_what_the_server_would_refuse_is_said_before_anything_is_asked(desk: Desk, server: RiggedDemo) -> None:
    server.forbid_part("pods/portforward")
    async with desk.sit() as me:
        await me.sees("pods 9 of 9", "live")
        await me.press("F")
        await me.sees("you may not create pods/portforward in shop")


async def test_nothing_is_forwarded_read_only(desk: Desk) -> None:
    async with desk.sit(readonly=True) as me:
        await me.sees("pods 9 of 9", "live")
        await me.press("F")
        await me.sees("read-only: no forwarded ports")


async def test_who_sits_at_another_machine_is_told_that_there_is_no_loopback_of_theirs(desk: Desk) -> None:
    async with desk.sit(remote=True) as me:
        await me.sees("pods 9 of 9", "live")
        await me.press("F")
        await me.sees("only to the machine where kty runs")


async def test_two_people_in_one_process_see_their_own_only(desk: Desk) -> None:
    async with desk.sit() as me, desk.sit() as other:
        await opens_dialog(me, "web-")
        address = await forwards(me, "0:8080")
        await other.sees("pods 9 of 9", "live")
        await other.press("f")
        await other.sees("no port is forwarded")
        assert "forwarded" not in other.screen.splitlines()[0]
        assert "200 OK" in await fetched(address)


async def test_only_what_has_pods_offers_it(desk: Desk) -> None:
    async with desk.sit("cm") as me:
        await me.sees("configmaps", "live")
        await me.press("F", "?")
        await me.sees("keys · configmaps")
        await me.sees_not("port-forward")


async def test_a_container_offers_its_own_ports_first(desk: Desk, server: RiggedDemo) -> None:
    pod = server.get("pods", "db-0", "shop")
    for container, port in zip(pod["spec"]["containers"], (5432, 9187), strict=True):
        container["ports"] = [{"containerPort": port}]
    server.put("pods", pod)
    async with desk.sit(size=(60, 15)) as me:
        await me.sees("live")
        await me.press("/", *"db-0", "enter", "enter")
        await me.sees("containers 2 of 2", "exporter")
        await me.press("G", "F")
        await me.sees("of pod/db-0 in shop")
        lines = me.screen.splitlines()
        assert [line for line in lines if "9187" in line or "5432" in line][-1].split()[1:] in (
            ["5432", "postgres", "│"],
            ["9187", "exporter", "│"],
        )
