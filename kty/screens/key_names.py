"""Keys as a person writes them."""

_KEYS = {
    "question_mark": "?", "colon": ":", "slash": "/", "escape": "esc", "left_square_bracket": "[",
    "right_square_bracket": "]", "minus": "-", "space": "space", "number_sign": "#", "exclamation_mark": "!",
}  # fmt: skip


def key_name(key: str) -> str:
    """Write a key as a person would."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _KEYS.get(last, last)])
