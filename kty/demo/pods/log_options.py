"""What is asked for of a log: the query parameters of PodLogOptions, read and checked as the API server does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kty.demo.routes import is_true
from kty.demo.statuses import Cause, bad_request, invalid
from kty.kube.objects import epoch
from kty.kube.resource import Resource

_INT: Final = re.compile(r"[+-]?[0-9]+")
_LARGEST: Final = 1 << 63
_LAYOUT: Final = "2006-01-02T15:04:05Z07:00"


@dataclass(frozen=True, slots=True)
class LogOptions:
    """Of one request."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    tail: int | None = None
    """Lines."""
    limit: int | None = None
    """Bytes."""
    since_seconds: int | None = None
    since: float | None = None
    """Seconds since the epoch."""

    @classmethod
    def read(cls, query: Mapping[str, str], pod: str) -> "LogOptions":
        """Raises ApiError 400 for what is no number or time, 422 for what may not be."""
        options = cls(
            query.get("container", ""),
            is_true(query.get("follow")),
            is_true(query.get("previous")),
            is_true(query.get("timestamps")),
            _number(query, "tailLines"),
            _number(query, "limitBytes"),
            _number(query, "sinceSeconds"),
            _time(query.get("sinceTime", "")),
        )
        if causes := list(options._causes(query)):
            raise invalid(Resource("", "v1", "PodLogOptions", ""), pod, causes)
        return options

    def _causes(self, query: Mapping[str, str]) -> list[Cause]:
        causes = []
        if self.tail is not None and self.tail < 0:
            causes.append(_not(self.tail, "tailLines", "must be greater than or equal to 0"))
        if self.limit is not None and self.limit < 1:
            causes.append(_not(self.limit, "limitBytes", "must be greater than 0"))
        if self.since_seconds is not None and self.since is not None:
            why = "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified"
            causes.append(Cause("FieldValueForbidden", why, "[]"))
        elif self.since_seconds is not None and self.since_seconds < 1:
            causes.append(_not(self.since_seconds, "sinceSeconds", "must be greater than 0"))
        if "stream" in query:  # PodLogsQuerySplitStreams is off in 1.36
            causes.append(Cause("FieldValueForbidden", "Forbidden: may not be specified", "stream"))
        return causes


def _not(value: int, field: str, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {value}: {why}", field)


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not _INT.fullmatch(text):
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    if not -_LARGEST <= int(text) < _LARGEST:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": value out of range')
    return int(text)


def _time(text: str) -> float | None:
    if not text:
        return None
    found = epoch(text) if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) else None
    if found is None:
        raise bad_request(f'parsing time "{text}" as "{_LAYOUT}": cannot parse "{text}" as "2006"')
    return found
