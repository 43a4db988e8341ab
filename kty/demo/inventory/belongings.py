"""What the shop's pods read and who may do what: configmaps, secrets, accounts, roles, and a kind of its own."""

from base64 import b64encode

from kty.demo.inventory.manifests import named, obj
from kty.demo.inventory.storefront import NAMESPACE
from kty.demo.life.authority import CERTIFICATE
from kty.kube.objects import Object

DEFINITION = "customresourcedefinitions.apiextensions.k8s.io"
PROMOTIONS = "promotions.shop.example.com"


def configmaps() -> list[Object]:
    settings = {"CURRENCY": "EUR", "FEATURE_GIFT_CARDS": "true", "SEARCH_URL": "http://catalog/search", "TZ": "UTC"}
    odd = {
        "accents": "Größe: 38 · naïve café · Łódź",
        "arabic.txt": "مرحبا بالعالم\n",
        "combining": "Z\u0351\u036b\u0343a\u0363\u0369l\u0356g\u031bo\u0320",
        "control.bin": "bell \x07, escape \x1b[31mred\x1b[0m, null \x00, tab\t.\r\n",
        "emoji": "👩\u200d💻 🏳\ufe0f\u200d🌈 🛒",
        "empty": "",
        "right-to-left": "invoice\u202efdp.exe",
        "wide.txt": "日本語のメモ\n한국어 메모\n",
        "yaml-lookalikes": "yes\n~\n0x1F\n- not: a list\n",
        "zero-width": "pass\u200bword",
    }
    return [
        obj("shop-settings", NAMESPACE, labels=named("shop"), data=settings),
        obj("odd-characters", NAMESPACE, data=odd, binaryData={"favicon.ico": b64encode(bytes(range(64))).decode()}),
    ]


def secrets() -> list[Object]:
    def coded(**values: str) -> dict[str, str]:
        return {key.replace("__", "."): b64encode(value.encode()).decode() for key, value in values.items()}

    login = coded(username="shop", password="correct-horse", url="postgres://shop:correct-horse@postgres:5432/shop")  # noqa: S106 - of a database that is not there
    pull = coded(__dockerconfigjson='{"auths":{"registry.shop.internal":{"auth":"c2hvcDpzaG9w"}}}')
    tls = {"tls.crt": b64encode(CERTIFICATE.encode()).decode(), "tls.key": b64encode(b"not a key\n").decode()}
    return [
        obj("postgres-credentials", NAMESPACE, labels=named("postgres"), type="Opaque", data=login),
        obj("registry-login", NAMESPACE, type="kubernetes.io/dockerconfigjson", data=pull),
        obj("shop-tls", NAMESPACE, type="kubernetes.io/tls", data=tls),
    ]


def access() -> list[tuple[str, Object]]:
    """Return accounts, roles and bindings with their kinds."""
    rules = [
        {"apiGroups": [""], "resources": ["pods", "pods/log", "events"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list", "watch", "patch"]},
    ]
    group = "rbac.authorization.k8s.io"
    subjects = [
        {"kind": "ServiceAccount", "name": "deployer", "namespace": NAMESPACE},
        {"kind": "Group", "name": "shop-developers", "apiGroup": group},
    ]
    reference = {"apiGroup": group, "kind": "Role", "name": "deployer"}
    return [
        ("serviceaccounts", obj("deployer", NAMESPACE, labels=named("shop"))),
        (f"roles.{group}", obj("deployer", NAMESPACE, rules=rules)),
        (f"rolebindings.{group}", obj("deployer", NAMESPACE, roleRef=reference, subjects=subjects)),
    ]


def definition() -> Object:
    """Return the CRD of promotions."""
    spec = {
        "type": "object",
        "required": ["discount"],
        "properties": {
            "discount": {"type": "integer", "minimum": 1, "maximum": 90, "description": "Percent off."},
            "products": {"type": "array", "items": {"type": "string"}},
            "until": {"type": "string", "format": "date-time"},
        },
    }
    status = {
        "type": "object",
        "properties": {"phase": {"type": "string"}, "redeemed": {"type": "integer"}},
    }
    schema = {"type": "object", "properties": {"spec": spec, "status": status}}
    columns = [
        {"name": "Discount", "type": "integer", "jsonPath": ".spec.discount", "description": "Percent off."},
        {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
        {"name": "Redeemed", "type": "integer", "jsonPath": ".status.redeemed", "priority": 1},
        {"name": "Until", "type": "string", "jsonPath": ".spec.until"},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": columns,
    }
    names = {"plural": "promotions", "singular": "promotion", "kind": "Promotion", "listKind": "PromotionList"}
    return obj(
        PROMOTIONS,
        spec={
            "group": "shop.example.com",
            "scope": "Namespaced",
            "names": {**names, "shortNames": ["promo"]},
            "versions": [version],
        },
    )


def promotions() -> list[Object]:
    return [
        obj(
            name,
            NAMESPACE,
            labels=named("shop"),
            spec={"discount": discount, "products": products, "until": until},
            status={"phase": phase, "redeemed": redeemed},
        )
        for name, discount, products, until, phase, redeemed in (
            ("back-to-school", 15, ["notebooks", "pens"], "2026-09-15T00:00:00Z", "Ended", 412),
            ("free-gift-wrap", 5, ["gift-cards"], "2027-01-06T00:00:00Z", "Active", 87),
            ("winter-sale", 40, ["coats", "boots", "scarves"], "2027-02-01T00:00:00Z", "Planned", 0),
        )
    ]
