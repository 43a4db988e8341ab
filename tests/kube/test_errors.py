"""From what a server answers to the error that a person reads."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kty.errors import (
    Cause,
    ClusterError,
    Conflict,
    Expired,
    Forbidden,
    Invalid,
    NotFound,
    NotKubernetes,
    ServerFault,
    StatusError,
    TooManyRequests,
    Unauthorized,
)
from kty.kube.errors import from_answer, from_status
from kty.text import is_printable


def status(code: int, **more: Any) -> bytes:
    return json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, **more}).encode()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (405, StatusError),
        (409, Conflict),
        (410, Expired),
        (422, Invalid),
        (429, TooManyRequests),
        (500, ServerFault),
        (503, ServerFault),
        (504, ServerFault),
    ],
)
def test_a_status_says_what_happened(code: int, kind: type[StatusError]) -> None:
    error = from_answer(code, {}, status(code, message="pods is forbidden", reason="Because"))
    assert type(error) is kind
    assert isinstance(error, StatusError)
    assert (str(error), error.code, error.reason) == ("pods is forbidden", code, "Because")
    in_a_watch = from_status(json.loads(status(code, message="pods is forbidden")))
    assert type(in_a_watch) is kind


def test_the_time_to_wait_is_read_from_the_header_or_the_details() -> None:
    details = {"details": {"retryAfterSeconds": 3}}
    answers = [
        from_answer(429, {"Retry-After": "7"}, status(429, **details)),
        from_answer(429, {}, status(429, **details)),
        from_answer(429, {"Retry-After": "7"}, b"Too many requests"),
        from_answer(429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""),
        from_answer(429, {}, status(429, details={"retryAfterSeconds": 0})),
    ]
    assert [getattr(error, "retry_after", "missing") for error in answers] == [7.0, 3.0, 7.0, None, None]


@pytest.mark.parametrize(
    ("code", "body", "kind", "message"),
    [
        (404, b"404 page not found\n", NotFound, "the server answered 404: 404 page not found"),
        (404, b"", NotFound, "the server answered 404"),
        (429, b"Too many requests, please try again later.\n", TooManyRequests, "the server answered 429: Too many"),
        (500, b"etcd: leader changed", ServerFault, "the server answered 500: etcd: leader changed"),
        (502, b"<html><head><title>502 Bad\nGateway</title>", ServerFault, "the server answered 502: 502 Bad Gateway"),
        (401, b"<html><title>Log in</title></html>", Unauthorized, "the server answered 401: Log in"),
        (403, b'{"message": "no"}', Forbidden, 'the server answered 403: {"message": "no"}'),
        (406, b"only json", StatusError, "the server answered 406: only json"),
        (400, b"bad", Invalid, "the server answered 400: bad"),
        (404, b"<h1>It works!</h1><p>nginx", NotKubernetes, "the server answered 404: It works! nginx"),
        (404, b'{"detail": "Not Found"}', NotKubernetes, 'the server answered 404: {"detail": "Not Found"}'),
        (200, b"<!doctype html><TITLE> Log in </TITLE>", NotKubernetes, "the server answered 200: Log in"),
        (302, b"", NotKubernetes, "the server answered 302: go elsewhere"),
        (400, b"Client sent an HTTP request to an HTTPS server.\n", NotKubernetes, "the server answered 400: Client"),
        (
            400,
            b"<title>400 The plain HTTP request was sent to HTTPS port</title>",
            NotKubernetes,
            "the server answered 400: 400 The plain HTTP",
        ),
    ],
)
def test_an_answer_without_a_status_is_told_apart(
    code: int, body: bytes, kind: type[ClusterError], message: str
) -> None:
    error = from_answer(code, {}, body)
    assert type(error) is kind
    assert str(error).startswith(message)


def test_a_redirect_is_named_without_its_query() -> None:
    error = from_answer(302, {"Location": "https://login.example/oauth?state=s3cret"}, b"")
    assert str(error) == "the server answered 302: go to https://login.example/oauth"


def test_a_group_that_is_not_there_is_told_as_a_kind_that_is_not() -> None:
    resource = status(404, message="the server could not find the requested resource", reason="NotFound")
    for body in (b"404 page not found\n", resource):
        assert from_answer(404, {}, body).hint == "this server has no such kind, or not in this version"


def test_http_where_tls_is_wanted_says_what_to_do() -> None:
    assert "https://" in from_answer(400, {}, b"Client sent an HTTP request to an HTTPS server.\n").hint


def test_a_status_without_a_message_still_says_something() -> None:
    assert str(from_answer(409, {}, status(409, reason="AlreadyExists"))) == "AlreadyExists"
    assert str(from_answer(409, {}, status(409))) == "the API server answered 409"
    assert str(from_status({"kind": "Status"})) == "the API server answered 500"


BUDGET = "The disruption budget web needs 2 healthy pods and has 2 currently"
EVICTION = "Cannot evict pod as it would violate the pod's disruption budget."


def test_the_causes_are_kept_and_said_where_they_say_more() -> None:
    details = {"name": "web-1", "causes": [{"reason": "DisruptionBudget", "message": BUDGET}]}
    error = from_answer(429, {}, status(429, message=EVICTION, reason="TooManyRequests", details=details))
    assert isinstance(error, TooManyRequests)
    assert error.causes == (Cause("DisruptionBudget", BUDGET),)
    assert str(error) == EVICTION
    assert error.sentence() == f"{EVICTION} ({BUDGET}): wait until more of its pods are ready, or change the budget"
    assert from_status({"code": 429, "details": details}).causes == error.causes


def test_a_cause_that_the_message_names_is_not_said_twice() -> None:
    message = 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be 0 or more'
    causes = [
        {"reason": "FieldValueInvalid", "message": "Invalid value: -1: must be 0 or more", "field": "spec.replicas"}
    ]
    error = from_status({"code": 422, "message": message, "details": {"causes": causes}})
    assert error.sentence() == message
    assert error.causes == (Cause("FieldValueInvalid", "Invalid value: -1: must be 0 or more", "spec.replicas"),)


def test_what_a_server_says_on_several_lines_stands_on_one() -> None:
    message = 'admission webhook "a.example" denied the request:\r\n\tno "app" label\n\n- ask the  team\n'
    causes = [{"reason": "Denied", "message": "see\n  the handbook", "field": "metadata"}]
    error = from_status({"code": 403, "message": message, "details": {"causes": causes}})
    assert str(error) == 'admission webhook "a.example" denied the request: no "app" label - ask the  team'
    assert error.causes == (Cause("Denied", "see the handbook", "metadata"),)


def test_the_fields_of_a_conflict_are_said_once() -> None:
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "me"', "field": field}
        for field in (".data.a", ".data.b")
    ]
    message = 'Apply failed with 2 conflicts: conflicts with "me":\n- .data.a\n- .data.b'
    error = from_status({"code": 409, "reason": "Conflict", "message": message, "details": {"causes": causes}})
    assert error.sentence() == (
        'Apply failed with 2 conflicts: conflicts with "me": - .data.a - .data.b: '
        "force takes these fields from their managers"
    )
    assert Cause("FieldManagerConflict", 'conflict with "me"', ".data.c").is_within(str(error)) is False


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        ([Cause("FieldValueRequired", "must be set", "spec.a")], "no (spec.a: must be set)"),
        ([Cause("FieldValueInvalid", "spec.a is odd", "spec.a")], "no (spec.a is odd)"),
        ([Cause("NamespaceTerminating")], "no (NamespaceTerminating)"),
        ([Cause("", "", "spec.a")], "no"),
        ([Cause("", word) for word in "abc"], "no (a; b; c)"),
        ([Cause("", word) for word in "abcde"], "no (a; b; c; and 2 more)"),
    ],
)
def test_a_few_causes_make_one_sentence(causes: list[Cause], said: str) -> None:
    assert StatusError("no", causes=tuple(causes)).sentence() == said
    assert StatusError("no", causes=tuple(causes), hint="ask").sentence() == f"{said}: ask"


@pytest.mark.parametrize("causes", [None, 3, "x", {}, [3, None, []], [{"reason": 3, "message": None}]])
def test_causes_that_are_none_break_nothing(causes: object) -> None:
    error = from_status({"code": 422, "message": "no", "details": {"causes": causes}})
    assert error.sentence() == "no"


def test_a_cause_is_printable() -> None:
    error = from_status({"code": 500, "message": "no", "details": {"causes": [{"message": "\x1b[2J\n" + "x" * 9999}]}})
    assert is_printable(error.sentence())
    assert len(error.sentence()) < 600


@given(st.integers(200, 599), st.binary(max_size=200), st.dictionaries(st.sampled_from(["Location"]), st.text()))
def test_any_answer_makes_one_printable_sentence(code: int, body: bytes, headers: dict[str, str]) -> None:
    error = from_answer(code, headers, body)
    assert is_printable(error.sentence())
    assert len(str(error)) < 3000


@given(
    st.dictionaries(
        st.sampled_from(["code", "message", "reason", "details", "kind"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.text() | st.sampled_from(["retryAfterSeconds", "causes", "message", "field"]), inner
                )
            ),
            max_leaves=4,
        ),
    )
)
def test_any_status_makes_one_printable_sentence(odd: dict[str, Any]) -> None:
    assert is_printable(from_status(odd).sentence())


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ({"code": 401}, "log in again, or check this user's credentials"),
        ({"code": 403, "message": 'pods is forbidden: User "a" cannot list resource'}, "ask for a role that allows it"),
        ({"code": 403, "message": "pods is forbidden: exceeded quota: tight"}, ""),
        ({"code": 404, "message": "x", "reason": "NotFound"}, "check its name and namespace; it may be gone by now"),
        ({"code": 404, "message": "x"}, ""),
        ({"code": 409, "message": "please try again", "reason": "Conflict"}, ""),
        ({"code": 409, "message": "precondition", "reason": "Conflict"}, "read it again"),
        ({"code": 429, "details": {"retryAfterSeconds": 3}}, "the server is busy: try again in 3 s"),
        ({"code": 503}, "the server failed: try again in a moment"),
        (
            {"code": 500, "message": 'Internal error occurred: failed calling webhook "a.b": no endpoints'},
            "nothing that this webhook is asked about can be changed before it answers",
        ),
        ({"code": 504, "details": {"retryAfterSeconds": 1}}, "the server failed: try again in 1 s"),
        ({"code": 422, "message": "spec.replicas: must be 0 or more"}, ""),
    ],
)
def test_a_hint_is_given_where_there_is_a_next_step(status: dict[str, Any], hint: str) -> None:
    assert from_status(status).hint == hint


def test_a_full_stop_does_not_stand_before_what_to_do_next() -> None:
    assert StatusError("It is too old.", hint="list again").sentence() == "It is too old: list again"
    assert StatusError("It is too old.").sentence() == "It is too old."
