"""The whole text of a module with the classes of one kind: formatted, and the same each time."""

import ast

from kty.kube.crd.classes import Classes
from kty.kube.crd.definition import Definition
from kty.kube.crd.literals import docstring, quoted
from kty.kube.resource import Resource

_IMPORTS = (
    ("typing", ("Any", "ClassVar", "Literal", "TypeAlias")),
    ("", ()),
    ("kty.kube.parts", ("Part", "Whole")),
    ("kty.kube.resource", ("Resource",)),
    ("msgspec", ("field",)),
)


def module(definition: Definition) -> str:
    """Return the source of a module that defines classes for a kind, and does nothing else.

    The class of the kind has the kind's name and can be given to `Api.of`. Each field is None where the object says
    nothing, unless it must be there; what is set is sent, and what is not set is not.
    """
    resource = definition.resource
    classes = Classes()
    kind = f"{resource.kind} ({resource.api_version})"
    description = definition.schema.get("description")
    says = description if isinstance(description, str) and description.strip() else f"{kind}."
    classes.add_kind(resource.kind, _resource(resource), definition.schema, says)
    about = docstring(
        f"Classes for {kind}.\n\nWritten by `kty crd types {resource.id}`: run it again rather than change this.",
        indent="",
    )
    above = "\n".join(classes.aliases)
    body = "\n\n\n".join(filter(None, (above, *classes.sources)))
    gap = "\n\n" if above else "\n\n\n"
    return f"{about}\n\n{_imports(body)}{gap}{body}\n"


def _resource(resource: Resource) -> str:
    names = (resource.group, resource.version, resource.kind, resource.plural)
    scope = "" if resource.namespaced else ", namespaced=False"
    return f"Resource({', '.join(map(quoted, names))}{scope})"


def _imports(body: str) -> str:
    """Return the imports of what the classes use."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    lines = []
    for home, names in _IMPORTS:
        wanted = [name for name in names if name in used]
        if wanted or not home:
            lines.append(f"from {home} import {', '.join(wanted)}" if home else "")
    return "\n".join(lines)
