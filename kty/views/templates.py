"""What workloads have in common: a pod template, and the pods that they select."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec import field as structfield

from kty.kube.objects import Object, Typed
from kty.views.said import field, joined, or_none, said, text
from kty.views.selectors import from_label_selector
from kty.views.view import Browse, Column, Destination, Yaml


class Container(Struct, gc=False):
    name: str = ""
    image: str = ""


class PodSpec(Struct, rename="camel", gc=False):
    containers: list[Container] | None = None
    node_selector: dict[str, str] | None = None


class PodTemplate(Struct, gc=False):
    spec: PodSpec = structfield(default_factory=PodSpec)


class Template(Struct, gc=False):
    """The part of a spec that says which pods to make, and which are its own."""

    template: PodTemplate = structfield(default_factory=PodTemplate)
    selector: dict[str, Any] | None = None


class Replicated(Template):
    replicas: int | None = None

    @property
    def wanted(self) -> int:
        """One where the object does not say, as the API server has it."""
        return 1 if self.replicas is None else self.replicas


def template_columns(template_of: Callable[[Any], Template]) -> tuple[Column, Column, Column]:
    """Return the wide columns that kubectl has for every workload: containers, images, selector."""

    def containers(obj: Typed) -> list[Container]:
        return template_of(obj).template.spec.containers or []

    return (
        Column("Containers", lambda obj: joined([each.name for each in containers(obj)]), wide=True),
        Column("Images", lambda obj: joined([each.image for each in containers(obj)]), wide=True),
        Column("Selector", lambda obj: said(from_label_selector(template_of(obj).selector)), or_none, wide=True),
    )


def pods_of(workload: str, *, owned: bool = True) -> Callable[[Object], Destination]:
    """Lead to the pods of a workload, called such as `statefulset`.

    `owned`: its pods name it as their owner; those of a deployment name its replica sets.
    """

    def opens(obj: Object) -> Destination:
        selector = field(obj, "spec", "selector")
        if not isinstance(selector, dict):
            return Yaml()
        return Browse(
            "pods",
            namespace=text(obj, "metadata", "namespace"),
            labels=from_label_selector(selector),
            owner=text(obj, "metadata", "uid") if owned else "",
            title=f"{workload}/{text(obj, 'metadata', 'name')}",
        )

    return opens
