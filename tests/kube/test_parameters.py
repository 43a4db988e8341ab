"""What is said with a request, and what is left to the server by saying nothing."""

from typing import Any
from urllib.parse import urlencode

import pytest

from kty.kube import selectors
from kty.kube.parameters import (
    delete_options,
    for_paging,
    for_reading,
    for_selecting,
    for_watching,
    for_writing,
)


@pytest.mark.parametrize(
    ("said", "query"),
    [
        (for_selecting(), ""),
        (for_selecting("app=web"), "labelSelector=app%3Dweb"),
        (for_selecting("", "status.phase!=Failed"), "fieldSelector=status.phase%21%3DFailed"),
        (for_selecting("a in (x,y)", "a=b\\,c"), "labelSelector=a+in+%28x%2Cy%29&fieldSelector=a%3Db%5C%2Cc"),
        (for_selecting(selectors.parse("b, a == 1")), "labelSelector=a%3D1%2Cb"),
        (for_selecting(selectors.parse("")), ""),
        (for_reading(), ""),
        (for_reading("0"), "resourceVersion=0"),
        (for_reading("7", "Exact"), "resourceVersion=7&resourceVersionMatch=Exact"),
        (for_reading("0", "NotOlderThan"), "resourceVersion=0&resourceVersionMatch=NotOlderThan"),
        (for_paging(0), ""),
        (for_paging(500), "limit=500"),
        (for_paging(500, "a+/="), "limit=500&continue=a%2B%2F%3D"),
        (for_paging(0, "a"), "continue=a"),
    ],
)
def test_a_list_says_no_more_than_it_is_told(said: list[tuple[str, str]], query: str) -> None:
    assert urlencode(said) == query


@pytest.mark.parametrize("match", ["Exact", "NotOlderThan"])
def test_how_a_version_is_meant_says_nothing_without_one(match: Any) -> None:
    with pytest.raises(ValueError, match="needs one"):
        for_reading("", match)


def test_any_version_cannot_be_meant_exactly() -> None:
    with pytest.raises(ValueError, match="version 0 means any"):
        for_reading("0", "Exact")


BOOKMARKS = "allowWatchBookmarks=true"
INITIAL = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan"


@pytest.mark.parametrize(
    ("version", "options", "query"),
    [
        ("", {"bookmarks": False}, "watch=true"),
        ("0", {"bookmarks": False}, "watch=true&resourceVersion=0"),
        ("7", {}, f"watch=true&{BOOKMARKS}&resourceVersion=7"),
        ("7", {"timeout": 290}, f"watch=true&{BOOKMARKS}&resourceVersion=7&timeoutSeconds=290"),
        ("", {"timeout": 0}, f"watch=true&{BOOKMARKS}&timeoutSeconds=0"),
        ("", {"initial": True}, f"watch=true&{BOOKMARKS}&{INITIAL}"),
        # the server sends initial events to those alone who take bookmarks
        ("", {"initial": True, "bookmarks": False}, f"watch=true&{BOOKMARKS}&{INITIAL}"),
        ("9", {"initial": True}, f"watch=true&{BOOKMARKS}&{INITIAL}&resourceVersion=9"),
    ],
)
def test_a_watch_says_what_it_wants(version: str, options: dict[str, Any], query: str) -> None:
    asked = {"bookmarks": True, "initial": False, "timeout": None, **options}
    assert urlencode(for_watching(version, **asked)) == query


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({}, ""),
        ({"dry_run": False, "field_manager": ""}, ""),
        ({"dry_run": True}, "dryRun=All"),
        ({"field_manager": "kty"}, "fieldManager=kty"),
        ({"field_validation": "Strict"}, "fieldValidation=Strict"),
        (
            {"field_manager": "a&b", "dry_run": True, "field_validation": "Warn"},
            "fieldManager=a%26b&dryRun=All&fieldValidation=Warn",
        ),
    ],
)
def test_what_goes_with_a_write(options: Any, query: str) -> None:
    assert urlencode(for_writing(options)) == query


def test_an_option_that_is_none_is_told() -> None:
    unknown: Any = {"force": True, "dry_run": True}
    with pytest.raises(TypeError, match="force"):
        for_writing(unknown)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, {}),
        ({"grace": 0}, {"gracePeriodSeconds": 0}),
        ({"propagation": "Orphan"}, {"propagationPolicy": "Orphan"}),
        ({"dry_run": True}, {"dryRun": ["All"]}),
        ({"uid": "u-1"}, {"preconditions": {"uid": "u-1"}}),
        ({"uid": "u-1", "version": "7"}, {"preconditions": {"uid": "u-1", "resourceVersion": "7"}}),
    ],
)
def test_how_an_object_is_deleted(options: dict[str, Any], said: dict[str, Any]) -> None:
    assert delete_options(**options) == {"apiVersion": "v1", "kind": "DeleteOptions", **said}
