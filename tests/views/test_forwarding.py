"""Whose ports can be forwarded, which ones they declare, and what a typed line asks for."""

from typing import Any

import pytest

from kty.errors import UsageError
from kty.runtime.forward_target import ForwardPort, ForwardTarget
from kty.views.forwarding import FORWARDABLE, DeclaredPort, declared_ports, read_ports, sentence, target_of
from kty.views.registry import views

HTTP = DeclaredPort(8080, "http", "http", "web")
META = {"namespace": "shop", "name": "web", "uid": "u"}
PORTS = {"spec": {"containers": [{"name": "web", "ports": [{"containerPort": 8080, "name": "http"}]}]}}


def target(kind: str, obj: dict[str, Any]) -> ForwardTarget:
    view = views()[kind]
    return target_of(view.resource(), {"metadata": META, **obj}, view.opens({"metadata": META, **obj}))


@pytest.mark.parametrize("kind", sorted(FORWARDABLE - {"pods", "containers", "services"}))
def test_a_workload_has_the_pods_and_ports_of_its_template(kind: str) -> None:
    obj = {"spec": {"selector": {"matchLabels": {"app": "web"}}, "template": PORTS}}
    found = target(kind, obj)
    assert (found.namespace, found.name, found.labels, found.is_pod) == ("shop", "web", "app=web", False)
    assert found.owner == ("" if kind == "deployments.apps" else "u")
    assert str(found) == f"{views()[kind].kind.lower()}/web"
    assert declared_ports(found.resource, obj) == [HTTP]


def test_a_pod_is_itself_with_the_ports_of_its_containers() -> None:
    udp = {"containerPort": 53, "protocol": "UDP"}
    proxy = {"name": "proxy", "restartPolicy": "Always", "ports": [{"containerPort": 15000, "protocol": "TCP"}]}
    once = {"name": "once", "ports": [{"containerPort": 1}]}
    web = {"name": "web", "ports": [{"containerPort": 8080, "name": "http"}, udp, "odd", {"containerPort": "odd"}]}
    pod = {"spec": {"containers": [web, "odd"], "initContainers": [once, proxy]}}
    found = target("pods", pod)
    assert found.is_pod
    assert declared_ports(found.resource, pod) == [HTTP, DeclaredPort(15000, 15000, "", "proxy")]
    assert declared_ports(found.resource, pod, "proxy")[0].of == "proxy"


def test_a_service_leads_to_its_target_ports() -> None:
    ports = [
        {"port": 80, "targetPort": "http", "name": "web"},
        {"port": 81, "targetPort": 8081},
        {"port": 82},
        {"port": 53, "protocol": "UDP"},
    ]
    service: dict[str, Any] = {"spec": {"selector": {"app": "web"}, "ports": ports}}
    found = target("services", service)
    assert declared_ports(found.resource, service) == [
        DeclaredPort(80, "http", "web"),
        DeclaredPort(81, 8081),
        DeclaredPort(82, 82),
    ]
    service["spec"]["clusterIP"] = "None"
    assert declared_ports(found.resource, service)[1] == DeclaredPort(81, 81)
    assert read_ports("web 82", found, declared_ports(found.resource, service)) == [
        ForwardPort(80, 80),
        ForwardPort(82, 82),
    ]


@pytest.mark.parametrize("spec", [{}, {"selector": {}}, {"selector": {"a": "b"}, "type": "ExternalName"}])
def test_a_service_without_pods_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="service web selects no pods"):
        target("services", {"spec": spec})


def test_what_is_no_object_at_all_declares_nothing() -> None:
    odd: list[Any] = [None, [], {"template": 1, "containers": 1, "ports": {"a": 1}}]
    for kind in ("pods", "deployments.apps", "services"):
        for spec in odd:
            assert declared_ports(views()[kind].resource(), {"spec": spec}) == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("8080", [ForwardPort(8080, 8080)]),
        (" 9999 ", [ForwardPort(9999, 9999)]),
        ("http", [ForwardPort(8080, "http")]),
        ("18080:http", [ForwardPort(8080, "http", 18080)]),
        ("0:8080", [ForwardPort(8080, 8080)]),
        (":8080", [ForwardPort(8080, 8080)]),
        ("8080, 81:9090  http", [ForwardPort(8080, 8080), ForwardPort(9090, 9090, 81), ForwardPort(8080, "http")]),
    ],
)
def test_a_line_asks_for_ports(line: str, wanted: list[ForwardPort]) -> None:
    assert read_ports(line, target("pods", PORTS), [HTTP]) == wanted


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "which port?"),
        ("8080:", "which port?"),
        ("0", "`0` is no port"),
        ("70000", "`70000` is no port"),
        ("70000:80", "`70000` is no port"),
        ("a:80", "`a` is no port"),
        ("a:b:80", "`a:b` is no port"),
        ("metrics", "pod/web has no port metrics; it has 8080 (http)"),
        ("81:80 81:90", "port 81 of this machine can lead to one place only"),
    ],
)
def test_a_line_that_asks_for_none_is_told_why(line: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_ports(line, target("pods", PORTS), [HTTP])
    assert str(caught.value) == message


def test_a_service_has_the_ports_that_it_declares_only() -> None:
    service = target("services", {"spec": {"selector": {"app": "web"}}})
    with pytest.raises(UsageError, match="service/web has no port 81; it has 80"):
        read_ports("81", service, [DeclaredPort(80, 8080)])


def test_what_will_happen_is_said() -> None:
    pod = target("pods", PORTS)
    assert sentence(pod, [ForwardPort(8080, "http")]) == (
        "Forward port 8080 of this machine, or another if that is taken, to port 8080 (http) of pod/web in shop; "
        "while it is away connections wait for it."
    )
    service = target("services", {"spec": {"selector": {"app": "web"}}})
    assert sentence(service, [ForwardPort(80, 8080, 1080), ForwardPort(81, 81, 1081)]) == (
        "Forward port 1080 of this machine to port 80 (8080); port 1081 of this machine to port 81 of the pods of "
        "service/web in shop; each connection goes to one that is ready."
    )
