"""Strategic merge patches: merge patches that know which lists are keyed, with directives in them."""

from copy import deepcopy
from typing import Any

from kty.demo.go_text import go_text
from kty.demo.merge_keys import Shape, shape_of
from kty.demo.statuses import ApiError, bad_request
from kty.kube.objects import Object

_DIRECTIVE = "$patch"
_RETAIN_KEYS = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


def strategic_patch(kind: str, obj: Object, patch: Object) -> Object:
    """Return an object of a built-in kind (a Resource.id) after a strategic merge patch. Raises ApiError 400, 500."""
    return _merge_maps(deepcopy(obj), deepcopy(patch), shape_of(kind))


def _refused(message: str) -> ApiError:
    """500 is what the API server answers to a patch that it cannot make sense of."""
    return ApiError(500, "", message)


def _merge_maps(original: Object, patch: Object, shape: Shape) -> Object:
    if _DIRECTIVE in patch:
        return _directed(patch)
    _retain_keys(original, patch)
    for key in [key for key in patch if key.startswith(_ORDER)]:
        _set_order(original, patch, key, shape)
    for key, value in patch.items():
        name = key.removeprefix(_DELETE_FROM)
        is_deletion = name != key
        if value is None:
            original.pop(name, None)
        elif name not in original or type(original[name]) is not type(value):
            if not is_deletion:
                _put(original, name, value)
        elif isinstance(value, dict):
            part = shape.at(name)
            original[name] = _plain(value) if part.patch == "replace" else _merge_maps(original[name], value, part)
        elif isinstance(value, list):
            original[name] = _merge_values(original[name], value, shape.at(name), is_deletion=is_deletion)
        else:
            original[name] = value
    return original


def _directed(patch: Object) -> Object:
    match patch[_DIRECTIVE]:
        case "replace":
            return {key: _plain(value) for key, value in patch.items() if key != _DIRECTIVE}
        case "delete":
            return {}
        case other:
            raise _refused(f"unknown patch type: {other} in map: {go_text(patch)}")


def _retain_keys(original: Object, patch: Object) -> None:
    """Drop from the original what the patch does not list as staying."""
    if _RETAIN_KEYS not in patch:
        return
    kept = patch.pop(_RETAIN_KEYS)
    said = [key for key, value in patch.items() if value is not None and not key.startswith((_DELETE_FROM, _ORDER))]
    if not isinstance(kept, list) or not set(said) <= set(kept):
        raise bad_request("invalid patch format of retainKeys")
    for key in original.keys() - set(kept):
        del original[key]


def _set_order(original: Object, patch: Object, key: str, shape: Shape) -> None:
    """Merge the list that an order is given for, and put it in that order."""
    order, name = patch.pop(key), key.removeprefix(_ORDER)
    had, said = original.get(name), patch.pop(name, None)
    if not isinstance(order, list) or not isinstance(had or [], list) or not isinstance(said or [], list):
        raise bad_request("invalid patch format of setElementOrder list")
    part = shape.at(name)
    _refuse_other_order(said or [], order, part.patch_key)
    if had is None and said is None:
        return
    if had is None:
        merged = _plain(said)
    elif said is None:
        merged = had
    else:
        merged = _merge_values(deepcopy(had), said, part, is_deletion=False)
    original[name] = _ordered(merged, order, had or [], part.patch_key)


def _refuse_other_order(values: list[Any], order: list[Any], key: str) -> None:
    """Raise ApiError when what is patched does not come in the order that is given."""
    said = [value for value in values if not (isinstance(value, dict) and _DIRECTIVE in value)]
    if not said or not order:
        return
    wanted = iter([_told_by(entry, key) for entry in order])
    if not all(_told_by(value, key) in wanted for value in said):
        text = f"The order in patch list:\n{go_text(values)}\n doesn't match $setElementOrder list:\n{go_text(order)}\n"
        raise _refused(text)


def _merge_values(original: list[Any], patch: list[Any], shape: Shape, *, is_deletion: bool) -> list[Any]:
    if not is_deletion and shape.patch != "merge":
        return [_plain(value) for value in patch]
    if not original and not patch:
        return original
    if not isinstance((original or patch)[0], dict):
        if is_deletion:
            return [value for value in original if value not in patch]
        merged = list(dict.fromkeys([*original, *patch]))
        return _ordered(merged, patch, original, "")
    key = shape.patch_key
    if not key:
        raise _refused("cannot merge lists without merge key for ")
    original, patch = _special(original, patch, key)
    merged = list(original)
    for value in patch:
        told = _told_by(value, key)
        at = next((at for at, had in enumerate(merged) if had.get(key) == told), None)
        if at is None:
            merged.append(_plain(value))
        else:
            merged[at] = _merge_maps(merged[at], value, shape.of_items)
    return _ordered(merged, patch, original, key)


def _special(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Obey the items that are directives; return what there was and what is to be merged into it."""
    plain, replaces = [], False
    for value in patch:
        if not isinstance(value, dict) or _DIRECTIVE not in value:
            plain.append(value)
            continue
        match value[_DIRECTIVE]:
            case "delete":
                told = _told_by(value, key)
                original = [had for had in original if had.get(key) != told]
            case "replace":
                replaces = True
            case "merge":
                raise _refused("merging lists cannot yet be specified in the patch")
            case other:
                raise _refused(f"unknown patch type: {other} in map: {go_text(value)}")
    return (plain, []) if replaces else (original, plain)


def _ordered(merged: list[Any], order: list[Any], before: list[Any], key: str) -> list[Any]:
    """Put what the patch names into its order, and what it does not name where it was among the rest."""
    wanted = [_told_by(value, key) for value in order]
    was = [_told_by(value, key) for value in before]
    named = [value for value in merged if _told_by(value, key) in wanted]
    others = [value for value in merged if _told_by(value, key) not in wanted]
    named.sort(key=lambda value: wanted.index(_told_by(value, key)))
    others.sort(key=lambda value: was.index(_told_by(value, key)) if _told_by(value, key) in was else len(was))
    out: list[Any] = []
    while named or others:
        if not named or not others:
            return out + named + others
        left, right = _told_by(others[0], key), _told_by(named[0], key)
        comes_first = left in was and right in was and was.index(left) < was.index(right)
        out.append(others.pop(0) if comes_first else named.pop(0))
    return out


def _told_by(value: Any, key: str) -> Any:
    if not key:
        return value
    if not isinstance(value, dict) or key not in value:
        raise _refused(f"map: {go_text(value)} does not contain declared merge key: {key}")
    return value[key]


def _put(original: Object, name: str, value: Any) -> None:
    """Set what was not there; a map that is nothing but a directive says that it is not to be there."""
    if _is_directive(value):
        original.pop(name, None)
    else:
        original[name] = _plain(value)


def _plain(value: Any) -> Any:
    """Return what is new without nulls and directives: there is nothing that they could be about."""
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if part is not None and not key.startswith("$")}
        return {key: _plain(part) for key, part in kept.items() if not _is_directive(part)}
    if isinstance(value, list):
        return [_plain(part) for part in value if not _is_directive(part)]
    return value


def _is_directive(value: Any) -> bool:
    return isinstance(value, dict) and _DIRECTIVE in value
