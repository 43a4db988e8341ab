"""Config maps."""

from msgspec import Raw

from kty.kube.objects import Typed
from kty.views.ages import AGE
from kty.views.counts import count_column
from kty.views.tones import leaving
from kty.views.view import View


class ConfigMap(Typed):
    data: dict[str, Raw] | None = None
    binary_data: dict[str, Raw] | None = None


VIEW = View(
    "configmaps",
    kind="ConfigMap",
    columns=(count_column("Data", lambda obj: len(obj.data or ()) + len(obj.binary_data or ())), AGE),
    reads=ConfigMap,
    tone=leaving,
)
