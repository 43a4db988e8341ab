"""Enter goes deeper, esc comes back to the same row."""

from tests.rigged.looking import names, row_under_cursor
from tests.rigged.seat import Desk
from tests.rigged.server import RiggedDemo
from tests.rigged.shop import Shop


async def test_a_deployment_leads_to_its_pods_and_those_to_their_containers(desk: Desk) -> None:
    async with desk.sit("deploy") as me:
        await me.sees("deployments 3 of 3")
        await me.press("G")
        assert row_under_cursor(me) == "web"
        await me.press("enter")
        await me.sees("pods 3 of 3  in deployment/web")
        assert all(name.startswith("web-") for name in names(me))
        await me.press("j", "enter")
        await me.sees("containers 1 of 1  in pod/web-5d9f7c-b9w4d", "registry.example/")
        await me.press("escape")
        await me.sees("pods 3 of 3  in deployment/web")
        assert row_under_cursor(me) == "web-5d9f7c-b9w4d"
        await me.press("escape")
        await me.sees("deployments 3 of 3")
        assert row_under_cursor(me) == "web"


async def test_yaml_of_a_container_is_that_of_its_pod(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"db-0", "enter", "enter")
        await me.sees("containers 2 of 2", "postgres", "exporter")
        await me.press("y")
        await me.sees("kind: Pod", "name: db-0")


async def test_a_container_leads_to_what_it_prints(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("/", *"db-0", "enter", "enter")
        await me.sees("containers 2 of 2", "exporter")
        await me.press("j", "enter")
        await me.sees("logs of pod/db-0 postgres")
        await me.press("escape")
        await me.sees("containers 2 of 2")
        assert row_under_cursor(me) == "postgres"


async def test_a_node_leads_to_its_pods_of_every_namespace(desk: Desk) -> None:
    async with desk.sit("nodes") as me:
        await me.sees("nodes 3 of 3", "SchedulingDisabled")
        await me.press("j", "enter")
        await me.sees("pods 3 of 3  in node/node-2", "kube-proxy-9fwxc", "db-0")


async def test_a_service_leads_to_the_pods_that_it_selects(desk: Desk) -> None:
    async with desk.sit("svc") as me:
        await me.sees("services 3 of 3")
        await me.press("enter")
        await me.sees("pods 2 of 2  in service/cart")


async def test_a_crd_leads_to_its_resources(desk: Desk) -> None:
    async with desk.sit("crd") as me:
        await me.sees("coupons.shop.example")
        await me.press("enter")
        await me.sees("SPRING24")


async def test_the_pods_of_a_deployment_are_live(desk: Desk, server: RiggedDemo, shop: Shop) -> None:
    async with desk.sit("deploy /checkout") as me:
        await me.sees("deployments 1 of 3")
        await me.press("enter")
        await me.sees("pods 1 of 1  in deployment/checkout", "Pending")
        server.put("pods", shop.pod("checkout-58c4f-x1d9s", app="checkout"))
        await me.sees_not("Pending")
        server.put("pods", shop.pod("checkout-58c4f-zzzzz", app="checkout"))
        await me.sees("pods 2 of 2")


async def test_the_containers_of_a_pod_that_goes_go_with_it(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("enter")
        await me.sees("containers 1 of 1")
        server.delete("pods", "cart-6b8d4-h2mzl", "shop")
        await me.sees("containers 0 of 0")


async def test_esc_on_the_first_screen_stays_there(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("escape", "escape", "q")
        await me.sees("pods 9 of 9")
        assert not me.is_over


async def test_coming_back_shows_what_changed_meanwhile(desk: Desk, server: RiggedDemo) -> None:
    async with desk.sit() as me:
        await me.sees("pods 9 of 9")
        await me.press("j", "j", "j", "y")
        await me.sees("name: db-0")
        server.delete("pods", "cart-6b8d4-h2mzl", "shop")
        await me.press("escape")
        await me.sees("pods 8 of 8")
        assert row_under_cursor(me) == "db-0"


async def test_many_steps_deep_the_way_back_still_ends_at_a_list(desk: Desk) -> None:
    async with desk.sit() as me:
        await me.sees("v1.36.0")
        for _ in range(13):
            for word, plural in (("svc", "services"), ("deploy", "deployments")):
                await me.press(":", *word, "enter")
                await me.sees(f"{plural} 3 of 3")
        assert len(me.app.screen_stack) <= 20
        for _ in range(30):
            await me.press("escape")
        await me.sees(" of ")
        assert not me.is_over
