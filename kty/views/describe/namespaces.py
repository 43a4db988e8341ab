"""Namespaces, with the quotas and limits that hold in them."""

from collections.abc import Mapping

from kty.kube.codecs import ObjectCodec
from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describe import identity
from kty.views.describe.limitranges import bounds
from kty.views.describe.resourcequotas import within
from kty.views.describing import Beside, Describer, Description, Entry, Found, Need, Part, entry, found, section
from kty.views.said import text

QUOTAS = Resource("", "v1", "ResourceQuota", "resourcequotas")
LIMITS = Resource("", "v1", "LimitRange", "limitranges")


def needs(namespace: Object) -> Mapping[str, Need]:
    name = text(namespace, "metadata", "name")
    return {"quotas": Need(QUOTAS, name, codec=ObjectCodec), "limits": Need(LIMITS, name, codec=ObjectCodec)}


def describe(namespace: Object, beside: Beside) -> Description:
    phase = text(namespace, "status", "phase")
    quotas, limits = found(beside, "quotas"), found(beside, "limits")
    return (
        identity.name(namespace),
        identity.labels(namespace),
        identity.annotations(namespace),
        *identity.leaving(namespace),
        entry("Status", phase, tone="" if phase == "Active" else "warn"),
        *identity.conditions(namespace, "LastTransitionTime", "Reason", "Message"),
        _section("Resource Quotas", quotas, [part for each in quotas.objects for part in within(each)]),
        _section("Resource Limits", limits, [bounds(limits.objects)] if limits.objects else []),
    )


def _section(title: str, there: Found, parts: list[Part]) -> Entry:
    return section(title, parts) if there.instead is None else Entry(title, (there.instead,))


DESCRIBER = Describer("namespaces", describe, needs)
