import pytest

from kty.views.ingresses import VIEW
from tests.views.showing import meta, row, shown


@pytest.mark.parametrize(
    ("hosts", "text"),
    [
        ([], "*"),
        ([""], "*"),
        (["a"], "a"),
        (["a", "", "b"], "a,b"),
        (["a", "b", "c"], "a,b,c"),
        (["a", "b", "c", "d", "e"], "a,b,c + 2 more..."),
        (["a", "", "b", "c"], "a,b,c"),
        (["a", "", "b", "c", ""], "a,b,c + 2 more..."),
    ],
)
def test_hosts_are_shortened_as_kubectl_shortens_them(hosts: list[str], text: str) -> None:
    rules = [{"host": host} if host else {} for host in hosts]
    assert shown(VIEW, {"spec": {"rules": rules}})["Hosts"] == text


def test_an_ingress_shows_where_it_can_be_reached() -> None:
    points = [{"ip": "9.9.9.9"}, {"hostname": "lb.example.com"}, {"ip": "9.9.9.9", "hostname": "twice"}]
    obj = {
        "metadata": meta(),
        "spec": {"ingressClassName": "nginx", "tls": [{"hosts": ["a"]}]},
        "status": {"loadBalancer": {"ingress": points}},
    }
    assert shown(VIEW, obj) == {
        "Class": "nginx",
        "Hosts": "*",
        "Address": "9.9.9.9,lb.example.com",
        "Ports": "80, 443",
        "Age": "5m",
    }
    nothing = shown(VIEW, {})
    assert (nothing["Class"], nothing["Address"], nothing["Ports"]) == ("<none>", "", "80")


def test_an_ingress_that_is_being_deleted_is_dim() -> None:
    assert VIEW.tone(row(VIEW, {"metadata": meta(deletionTimestamp="2026-01-02T03:04:00Z")})) == "dim"
