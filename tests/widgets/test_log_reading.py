"""What lines say about themselves."""

from typing import Any

import pytest

from kty.widgets.log_reading import LEVELS, level_of, record


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (b'{"ts":1,"level":"warn","msg":"x"}', "warn"),
        (b'{"severity": "ERROR", "message": "x"}', "error"),
        (b'{"level":30,"msg":"pino"}', "info"),
        (b'{"log.level":"fatal"}', "fatal"),
        (b"time=1 level=WARN msg=x", "warn"),
        (b'level="debug" msg=x', "debug"),
        (b"E1125 22:13:42.000001       1 reflector.go:147] failed", "error"),
        (b"I1125 22:13:42.000001       1 main.go:1] hello", "info"),
        (b"2026-11-25 22:13:42 [ERROR] it broke", "error"),
        (b"2026-11-25 22:13:42,001 WARNING app: slow", "warn"),
        (b"[warn] low on memory", "warn"),
        (b"10.0.0.1 - - GET /error HTTP/1.1 200", None),
        (b"informed people", None),
        (b"level=mystery", None),
        (b"", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_the_level(line: bytes, level: str | None) -> None:
    found = level_of(line)
    assert (None if found is None else LEVELS[found]) == level


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (b'{"a":1,"b":{"c":"d"}}', {"a": 1, "b": {"c": "d"}}),
        (b' {"a":1}\r', {"a": 1}),
        (b'a=1 b="two words" c=', {"a": "1", "b": "two words", "c": ""}),
        (rb'a="quo\"ted" b=\n', {"a": 'quo"ted', "b": r"\n"}),
        (b"[1,2]", None),
        (b"{not json}", None),
        (b'{"a":1', None),
        (b"a=1", None),
        (b"GET /x?a=1&b=2 HTTP/1.1", None),
        (b"said a=1 b=2", None),
        (b"\xff=1 \xfe=2", None),
        (b'{"\xff":1}', None),
        (b"{" * 50_000 + b"}", None),
    ],
)
def test_the_fields(line: bytes, fields: dict[str, Any] | None) -> None:
    found = record(line)
    assert (None if found is None else found.fields) == fields


def test_what_a_person_reads_first() -> None:
    found = record(b'{"ts":"2026","trace":"ff","level":"info","msg":"hello","http":{"status":200}}')
    assert found is not None
    assert found.pretty() == [
        ("level", "level", "info"), ("message", "msg", "hello"), ("field", "trace", "ff"),
        ("field", "http", '{"status":200}'),
    ]  # fmt: skip
    assert (found.field("http.status"), found.field("http.none"), found.field("none")) == (200, None, None)
