"""What people write that cannot be read: no server is asked."""

from kty.errors import KtyError
from kty.kube import field_selectors, jsonpath, manifest, selectors
from kty.kube.durations import Duration, DurationMistake
from kty.kube.jsonpath_nodes import PathMistake
from kty.kube.manifest import Misread
from kty.kube.quantity import Quantity, QuantityMistake
from kty.kube.selectors import SelectorMistake
from kty.views import filters
from kty.views.filters import FilterMistake
from tests.contract.every_error.case import Bench, Cases

CASES = Cases()


@CASES.here(KtyError, "the object is nested more than 200 levels deep, too deep to show as YAML")
async def too_deep_to_show(_: Bench) -> None:
    deep: object = "x"
    for _level in range(300):
        deep = [deep]
    manifest.to_yaml({"spec": deep})


@CASES.here(Misread, "line 3, column 1: the key 'kind' is there twice")
async def a_manifest_that_says_it_twice(_: Bench) -> None:
    manifest.from_yaml("apiVersion: v1\nkind: Pod\nkind: Node\n")


@CASES.here(QuantityMistake, "'12 apples' is no quantity: write a number with a suffix or none: 500m, 2, 16Gi")
async def no_quantity(_: Bench) -> None:
    Quantity.parse("12 apples")


@CASES.here(DurationMistake, "'soon' is no duration: write numbers with units: 1h30m, 90s, 500ms")
async def no_duration(_: Bench) -> None:
    Duration.parse("soon")


@CASES.here(SelectorMistake, "label selector: it ends where a comma or ) should follow")
async def a_label_selector(_: Bench) -> None:
    selectors.parse("app in (web")


@CASES.here(SelectorMistake, "field selector: 'status.phase' compares nothing: write field=value or field!=value")
async def a_field_selector(_: Bench) -> None:
    field_selectors.parse("status.phase")


@CASES.here(PathMistake, "JSONPath: a range has no end: close it with {end}")
async def a_path(_: Bench) -> None:
    jsonpath.parse("{range .items[*]}{.metadata.name}")


@CASES.here(FilterMistake, 'the quote " is not closed')
async def a_filter(_: Bench) -> None:
    filters.parse('"web', ())
