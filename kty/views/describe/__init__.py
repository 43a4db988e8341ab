"""How objects are described: a module for each kind that is described in its own words, found by being there."""

import logging
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from kty.kube.objects import Object
from kty.kube.resource import Resource
from kty.views.describing import Beside, Describer, Description, Need, Prose

log = logging.getLogger(__name__)


def describer_of(resource: Resource) -> Describer:
    """Return the kind's own describer, else the one for any kind."""
    plural = resource.plural
    if plural.isascii() and plural.isalpha():  # the server's word: it may name a module here, no more
        module = f"{__name__}.{plural}"
        found = getattr(import_module(module), "DESCRIBER", None) if find_spec(module) else None
        if isinstance(found, Describer) and (found.of, found.version) == (resource.id, resource.version):
            return found
    from kty.views.describe.any import describe

    return Describer(resource.id, describe, version=resource.version)


def needs_of(describer: Describer, obj: Object) -> Mapping[str, Need]:
    """Return what is described beside an object; nothing for one that is not what its kind promises."""
    try:
        return describer.needs(obj)
    except Exception:  # its description says so
        return {}


def described(describer: Describer, obj: Object, beside: Beside) -> Description:
    """Return the description of an object; of one that is not what its kind promises, as of any kind."""
    try:
        return describer.describe(obj, beside)
    except Exception as error:
        log.warning("a %s cannot be described in its own words", describer.of, exc_info=True)
        from kty.views.describe.any import describe

        note = Prose(f"this object is not what its kind promises ({type(error).__name__}: {error})", "warn")
        shown = {key: value for key, value in obj.items() if key not in describer.hides}
        return (note, *describe(shown, beside))
