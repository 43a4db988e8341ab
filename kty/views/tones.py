"""Tones that kinds have in common."""

from kty.kube.objects import Row
from kty.views.view import Tone


def leaving(row: Row) -> Tone:
    """Dim what is being deleted."""
    return "dim" if row.deleting else ""


def progress(row: Row, wanted: int, ready: int) -> Tone:
    """Tone what should have so many replicas and has so many that are ready."""
    if row.deleting or not wanted:
        return "dim"
    if ready >= wanted:
        return ""
    return "warn" if ready else "bad"
