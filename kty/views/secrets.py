"""Secrets. Their values are never decoded here."""

from msgspec import Raw

from kty.kube.objects import Typed
from kty.views.ages import AGE
from kty.views.counts import count_column
from kty.views.said import said
from kty.views.tones import leaving
from kty.views.view import Column, View


class Secret(Typed):
    type: str = ""
    data: dict[str, Raw] | None = None


VIEW = View(
    "secrets",
    kind="Secret",
    columns=(
        Column("Type", lambda obj: said(obj.type)),
        count_column("Data", lambda obj: len(obj.data or ())),
        AGE,
    ),
    reads=Secret,
    tone=leaving,
)
