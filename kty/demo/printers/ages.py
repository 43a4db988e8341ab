"""Times in columns, as short as kubectl writes them."""

from typing import Any

from kty.kube.objects import epoch


def since(value: Any, now: float) -> str:
    """Say how long ago a time was; `<unknown>` where there is none."""
    seconds = epoch(value) if isinstance(value, str) else None
    return "<unknown>" if seconds is None else span(now - seconds)


def span(seconds: float) -> str:
    """Write a duration with one or two units, the finer the shorter it is (apimachinery, HumanDuration)."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if whole < 120:
        return f"{whole}s"
    if minutes < 10:
        return _two(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if days < 8:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if days < 8 * 365:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(large: int, unit: str, small: int, fine: str) -> str:
    return f"{large}{unit}{small}{fine}" if small else f"{large}{unit}"
