from typing import Any

import pytest

from kty.kube.objects import Object
from kty.views.services import VIEW
from kty.views.view import Browse, Yaml
from tests.views.showing import meta, row, shown


def service(kind: str, *points: dict[str, str], **spec: Any) -> Object:
    return {
        "metadata": meta(),
        "spec": {"type": kind, **spec},
        "status": {"loadBalancer": {"ingress": list(points)}},
    }


@pytest.mark.parametrize(
    ("obj", "text"),
    [
        (service("ClusterIP"), "<none>"),
        (service("ClusterIP", externalIPs=["1.2.3.4", "5.6.7.8"]), "1.2.3.4,5.6.7.8"),
        (service("NodePort"), "<none>"),
        (service("LoadBalancer"), "<pending>"),
        (service("LoadBalancer", {"hostname": "lb.example.com"}, {"ip": "9.9.9.9"}), "9.9.9.9,lb.example.com"),
        (service("LoadBalancer", {"ip": "9.9.9.9"}, externalIPs=["1.2.3.4"]), "9.9.9.9,1.2.3.4"),
        (service("ExternalName", externalName="db.example.com"), "db.example.com"),
        (service("Novel"), "<unknown>"),
    ],
)
def test_a_service_shows_where_it_can_be_reached_from_outside(obj: Object, text: str) -> None:
    assert shown(VIEW, obj)["External-IP"] == text


def test_a_service_shows_its_ports_as_kubectl_does() -> None:
    ports = [{"port": 80, "protocol": "TCP", "nodePort": 30080}, {"port": 53, "protocol": "UDP"}]
    found = shown(VIEW, service("NodePort", ports=ports, clusterIPs=["10.0.0.5", "fd00::5"], selector={"app": "web"}))
    assert (found["Type"], found["Port(s)"], found["Cluster-IP"]) == ("NodePort", "80:30080/TCP,53/UDP", "10.0.0.5")
    assert found["Selector"] == "app=web"
    nothing = shown(VIEW, {})
    assert (nothing["Port(s)"], nothing["Cluster-IP"], nothing["Selector"]) == ("<none>", "<none>", "<none>")


def test_a_service_that_awaits_its_address_looks_busy() -> None:
    assert VIEW.tone(row(VIEW, service("LoadBalancer"))) == "busy"
    assert VIEW.tone(row(VIEW, service("LoadBalancer", {"ip": "9.9.9.9"}))) == ""


def test_enter_on_a_service_leads_to_the_pods_behind_it() -> None:
    obj = service("ClusterIP", selector={"tier": "front", "app": "web"})
    assert VIEW.opens(obj) == Browse("pods", namespace="shop", labels="app=web,tier=front", title="service/web")


@pytest.mark.parametrize(
    "obj",
    [service("ClusterIP"), service("ClusterIP", selector={}), service("ExternalName", selector={"app": "web"})],
)
def test_enter_on_a_service_that_selects_nothing_opens_it(obj: Object) -> None:
    assert VIEW.opens(obj) == Yaml()
