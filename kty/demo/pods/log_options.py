"""What is asked for of a log: the query parameters of PodLogOptions, read and checked as the API server does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kty.demo.listing import whole_number
from kty.demo.routes import is_true
from kty.demo.statuses import bad_request, invalid
from kty.demo.validation.faults import Faults
from kty.kube.objects import epoch
from kty.kube.resource import Resource

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
            whole_number(query.get("tailLines", "")),
            whole_number(query.get("limitBytes", "")),
            whole_number(query.get("sinceSeconds", "")),
            _time(query.get("sinceTime", "")),
        )
        if causes := options._faults(query).causes:
            raise invalid(Resource("", "v1", "PodLogOptions", ""), pod, causes)
        return options

    def _faults(self, query: Mapping[str, str]) -> Faults:
        faults = Faults()
        if self.tail is not None and self.tail < 0:
            faults.invalid("tailLines", self.tail, "must be greater than or equal to 0")
        if self.limit is not None and self.limit < 1:
            faults.invalid("limitBytes", self.limit, "must be greater than 0")
        if self.since_seconds is not None and self.since is not None:
            faults.forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified")
        elif self.since_seconds is not None and self.since_seconds < 1:
            faults.invalid("sinceSeconds", self.since_seconds, "must be greater than 0")
        if "stream" in query:  # PodLogsQuerySplitStreams is off in 1.36
            faults.forbidden("stream", "may not be specified")
        return faults


def _time(text: str) -> float | None:
    if not text:
        return None
    found = epoch(text) if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", text) else None
    if found is None:
        raise bad_request(f'parsing time "{text}" as "{_LAYOUT}": cannot parse "{text}" as "2006"')
    return found
