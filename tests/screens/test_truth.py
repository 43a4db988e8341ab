"""One line that says how true the rows are, and what stands where there are none."""

import pytest

from kty.errors import Forbidden, KtyError, Unauthorized
from kty.runtime.store import Phase, Status
from kty.screens.truth import trouble, truth


@pytest.mark.parametrize(
    ("phase", "error", "with_rows", "without"),
    [
        (
            "stale",
            Unauthorized("Unauthorized", hint="log in again"),
            "stale for 3 s: Unauthorized (log in again), next try in 2 s",
            "stale for 3 s: Unauthorized, next try in 2 s",
        ),
        ("refused", Forbidden("for jane"), "no permission to list pods: for jane", "no permission to list pods"),
    ],
)
def test_what_to_do_next_is_said_once(phase: Phase, error: KtyError, with_rows: str, without: str) -> None:
    statuses = [Status(phase, count, None, 10.0, error, 15.0) for count in (5, 0)]
    assert truth(statuses[:1], 13.0, "pods")[0] == with_rows
    assert truth(statuses[1:], 13.0, "pods")[0] == without
    assert str(error) in trouble(statuses[1:], "pods")
