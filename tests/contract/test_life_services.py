"""Services and the addresses behind them; and what a namespace has from the start."""

from tests.cluster.place import CONFIG_MAPS, DEPLOYMENTS, PODS, SERVICE_ACCOUNTS
from tests.contract.living import SERVICES, SLICES, Living, Object, container, names, owner, template

SERVICE = "kubernetes.io/service-name"


def _ready(slices: list[Object]) -> list[Object]:
    """Return the endpoints that are ready."""
    endpoints = [each for found in slices for each in found.get("endpoints") or ()]
    return [each for each in endpoints if each["conditions"]["ready"]]


async def _slices(live: Living, count: int) -> list[Object]:
    """Return the slices of the service, once so many endpoints are ready."""
    return await live.settled(SLICES, lambda slices: len(_ready(slices)) == count, **{SERVICE: "web"})


async def _serve(live: Living, replicas: int, **spec: object) -> None:
    named = container(ports=[{"name": "http", "containerPort": 8080}])
    await live.deployment("web", replicas, pod=template("web", named))
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    await live.make(SERVICES, "web", spec={"selector": {"app": "web"}, "ports": ports, **spec})


async def test_a_service_gets_the_addresses_of_its_pods(live: Living) -> None:
    await _serve(live, 2)
    (found,) = await _slices(live, 2)
    pods = {pod["metadata"]["name"]: pod for pod in await live.pods("web", 2)}
    assert found["addressType"] == "IPv4"
    assert [(each["name"], each["port"], each["protocol"]) for each in found["ports"]] == [("http", 8080, "TCP")]
    assert owner(found) == ("Service", "web")
    assert found["metadata"]["labels"]["endpointslice.kubernetes.io/managed-by"] == "endpointslice-controller.k8s.io"
    assert found["metadata"]["name"].startswith("web-")
    for endpoint in found["endpoints"]:
        pod = pods.pop(endpoint["targetRef"]["name"])
        assert endpoint["addresses"] == [pod["status"]["podIP"]]
        assert endpoint["nodeName"] == pod["spec"]["nodeName"]
        assert endpoint["targetRef"]["uid"] == pod["metadata"]["uid"]
        assert endpoint["conditions"] == {"ready": True, "serving": True, "terminating": False}


async def test_addresses_come_and_go_with_the_pods(live: Living) -> None:
    await _serve(live, 1)
    await _slices(live, 1)
    await live.change(DEPLOYMENTS, "web", spec={"replicas": 2})
    await _slices(live, 2)
    await live.change(DEPLOYMENTS, "web", spec={"replicas": 0})
    (found,) = await live.settled(
        SLICES, lambda slices: not any(each.get("endpoints") for each in slices), **{SERVICE: "web"}
    )
    assert not found.get("endpoints")


async def test_a_pod_that_is_not_ready_is_not_served(live: Living) -> None:
    never = container(readinessProbe={"exec": {"command": ["false"]}, "periodSeconds": 1})
    await live.make(PODS, "web", labels={"app": "web"}, spec=template("web", never)["spec"])
    await live.make(SERVICES, "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})
    slices = await live.settled(
        SLICES, lambda slices: any(each.get("endpoints") for each in slices), **{SERVICE: "web"}
    )
    ((endpoint,),) = [each["endpoints"] for each in slices]
    assert endpoint["conditions"] == {"ready": False, "serving": False, "terminating": False}


async def test_a_headless_service_says_so(live: Living) -> None:
    await _serve(live, 1, clusterIP="None")
    (found,) = await _slices(live, 1)
    assert found["metadata"]["labels"]["service.kubernetes.io/headless"] == ""


async def test_without_a_selector_nobody_looks_after_the_addresses(live: Living) -> None:
    await live.make(SERVICES, "bare", spec={"ports": [{"port": 80}]})
    await _serve(live, 1)
    await _slices(live, 1)
    assert await live.all(SLICES, **{SERVICE: "bare"}) == []


async def test_the_slices_go_with_their_service(live: Living) -> None:
    await _serve(live, 1)
    await _slices(live, 1)
    await live.delete(SERVICES, "web")
    await live.settled(SLICES, lambda slices: not slices, **{SERVICE: "web"})


async def test_a_namespace_has_an_account_and_the_certificate(live: Living) -> None:
    found = await live.settled(CONFIG_MAPS, lambda maps: "kube-root-ca.crt" in names(maps))
    (authority,) = [each for each in found if each["metadata"]["name"] == "kube-root-ca.crt"]
    assert list(authority["data"]) == ["ca.crt"]
    assert "kubernetes.io/description" in authority["metadata"]["annotations"]
    assert names(await live.all(SERVICE_ACCOUNTS)) == {"default"}


async def test_what_a_namespace_has_comes_back(live: Living) -> None:
    before = await live.get(SERVICE_ACCOUNTS, "default")
    await live.delete(SERVICE_ACCOUNTS, "default")
    await live.settled(
        SERVICE_ACCOUNTS,
        lambda accounts: accounts and accounts[0]["metadata"]["uid"] != before["metadata"]["uid"],
    )
    await live.delete(CONFIG_MAPS, "kube-root-ca.crt")
    await live.settled(CONFIG_MAPS, lambda maps: "kube-root-ca.crt" in names(maps))
