"""What a screen of logs says: whose lines they are, and how true what is on screen is."""

from collections import Counter
from collections.abc import Sequence

from kty.errors import Forbidden
from kty.runtime.log_follower import LogSource
from kty.screens.truth import span
from kty.text import printable
from kty.views.view import Tone


def called(source: LogSource) -> str:
    """Return the whole name of a source."""
    return printable(f"{source.pod}/{source.container}")


def names(sources: Sequence[LogSource]) -> tuple[str, ...]:
    """Return what tells the sources apart, by their numbers; nothing where there is but one."""
    if len(sources) < 2:
        return ()
    pods = {(source.namespace, source.pod) for source in sources}
    containers = {source.container for source in sources}
    if len(pods) == 1:
        return tuple([printable(source.container) for source in sources])
    if len(containers) == 1:
        return tuple([printable(source.pod) for source in sources])
    return tuple([called(source) for source in sources])


def stand(sources: Sequence[LogSource], most: int, now: float) -> tuple[str, Tone]:
    """Say how the logs stand, and how bad that is: the worst first. `now` is the clock's `monotonic`."""
    phases = Counter(source.status.phase for source in sources)
    said = [_trouble(sources, phase, now) for phase in ("refused", "reconnecting") if phases[phase]]
    tone: Tone = "bad" if phases["refused"] else "warn" if phases["reconnecting"] else "good"
    running = phases["following"]
    if phases["queued"]:
        said.append(
            f"{min(most, running):,} of {len(sources) - phases['ended']:,} logs are followed, failing and newest first"
        )
    elif running:
        said.append("following" if running == len(sources) else f"following {running:,} of {len(sources):,}")
    elif phases["waiting"] and not said:
        first = next(source for source in sources if source.status.phase == "waiting")
        whom = "" if len(sources) == 1 else f" for {called(first)}"
        said.append(f"waiting{whom}" + f": {printable(first.status.reason)}" * bool(first.status.reason))
        tone = "busy"
    elif phases["opening"] and not said:
        said.append("opening…")
        tone = "busy"
    elif not said:
        said.append(_ending(sources))
        tone = ""
    return "; ".join(said), tone


def _trouble(sources: Sequence[LogSource], phase: str, now: float) -> str:
    concerned = [source for source in sources if source.status.phase == phase]
    first = concerned[0]
    name = called(first) if len(concerned) == 1 else f"{len(concerned):,} logs"
    to = "" if len(sources) == 1 else f" to {name}"
    error = first.status.error
    reason = printable(str(error)) if error is not None else ""
    if isinstance(error, Forbidden):
        return f"no permission to read the log of {name}: {reason}"
    if phase == "refused":
        return f"refused {name}: {reason}"
    wait = (first.status.retry_at or now) - now
    when = f" in {span(wait)}" * (wait >= 0.5)  # first what changes: the end of it may not be seen
    return f"reconnecting{to}{when}: {reason}"


def _ending(sources: Sequence[LogSource]) -> str:
    reasons = {source.status.reason for source in sources if source.status.reason}
    return f"ended: {printable(min(reasons))}" if len(reasons) == 1 else "ended"


def nothing(sources: Sequence[LogSource], *, is_complete: bool, since: str = "") -> str:
    """Say why there is no line; `since` is from where on they are read, where it is not from the last ones."""
    if not sources:
        return "no pod is there; those that come are shown" if is_complete else "…"
    for source in sources:
        status = source.status
        if status.phase == "refused" and status.error is not None:
            return printable(status.error.sentence())
    said = {f"{called(source)}: {printable(source.status.reason)}" for source in sources if source.status.reason}
    phases = {source.status.phase for source in sources}
    if phases <= {"waiting"}:
        return f"waiting for {min(said)}" if said else "waiting"
    if phases <= {"ended"}:
        return f"nothing to show of {min(said)}" if said else "it printed nothing"
    if since.startswith("since"):
        return f"nothing printed {since}: 0 shows the last lines, 1 all of them"
    return "nothing printed yet" if "following" in phases else "…"
