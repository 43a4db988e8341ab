"""What objects use, declared by each kind in its own module: `USES`, beside its view or without one."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from kty.runtime.uses import Uses


@cache
def all_uses() -> Mapping[str, Uses]:
    """Return what each kind may use, by `plural.group`, sorted. Imports all kinds."""
    import kty.views

    modules = [import_module(f"kty.views.{each.name}") for each in iter_modules(kty.views.__path__)]
    found = [getattr(module, "USES", None) for module in modules]
    return {each.by: each for each in sorted([each for each in found if isinstance(each, Uses)], key=lambda it: it.by)}
