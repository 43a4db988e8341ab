"""Show a screen in the colors that a person's terminal has.

Textual keeps what it rendered in caches that do not know the color depth, so consoles of different depth in one
process leak into each other. Here every console is truecolor, and a filter at the end makes other styles of it: each
depth then has cache entries of its own.
"""

from collections.abc import Mapping
from colorsys import rgb_to_hsv
from enum import Enum
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.palette import Palette
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_TRUECOLOR_NAMES = frozenset(
    ("alacritty", "contour", "foot", "foot-extra", "ghostty", "wezterm", "xterm-ghostty", "xterm-kitty")
)
_STANDS_OUT = 32
"""From this distance on, in one of 256 steps of red, green or blue, a background is meant to be seen."""
_VIVID = 48
"""From this distance on, between the strongest of its red, green and blue and the weakest, a color is no grey."""
_PALE = 27
"""The same for a light color, which has less room for it."""
_DARK = 384
"""Below this sum of red, green and blue a background is dark."""
_HUES = (1, 3, 2, 6, 4, 5)
"""Red, yellow, green, cyan, blue and magenta in the terminal's numbers: 60 degrees of hue from each to the next."""
_LEVELS = (0, 95, 135, 175, 215, 255)
_CUBE = [(red, green, blue) for red in _LEVELS for green in _LEVELS for blue in _LEVELS]
_GREYS = [(grey, grey, grey) for grey in range(8, 239, 10)]
_LATER = 16
"""Of 256 colors, how many come before the cube and the greys: those are the person's own, and look like anything."""
_ALL = Palette(_CUBE + _GREYS)
_COLORS = Palette([each if len({*each}) > 1 else (-999, -999, -999) for each in _CUBE])
"""The cube without what is grey in it."""
_BLACK, _WHITE = RichColor.from_ansi(0), RichColor.from_ansi(15)
_REVERSE = Style(reverse=True)


class Depth(Enum):
    """How many colors a terminal has; the value is the system to downgrade to."""

    MONO = None
    SIXTEEN = ColorSystem.STANDARD
    EIGHT_BIT = ColorSystem.EIGHT_BIT
    TRUECOLOR = ColorSystem.TRUECOLOR


def depth(name: str, env: Mapping[str, str]) -> Depth:
    """Tell the depth from TERM and the person's environment; https://no-color.org has the last word."""
    if env.get("NO_COLOR") or name in ("", "dumb", "unknown") or name.startswith("vt"):
        return Depth.MONO
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Depth.TRUECOLOR
    if name in _TRUECOLOR_NAMES or name.endswith("-direct"):
        return Depth.TRUECOLOR
    return Depth.EIGHT_BIT if "256color" in name else Depth.SIXTEEN


def line_filters(depth: Depth) -> list[LineFilter]:
    """Return what turns truecolor lines into lines of that depth; the same objects for everybody."""
    return [] if depth is Depth.TRUECOLOR else [_FILTERS[depth]]


class _DepthFilter(LineFilter):
    """Brings styles down to one depth, and keeps visible what only its background showed."""

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self._depth = depth

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        ground, depth = background.rich_color, self._depth
        return [
            Segment(text, None if style is None else _downgraded(style, ground, depth), control)
            for text, style, control in segments
        ]


_FILTERS = {depth: _DepthFilter(depth) for depth in (Depth.MONO, Depth.SIXTEEN, Depth.EIGHT_BIT)}


@lru_cache(16_384)
def _downgraded(style: Style, ground: RichColor, depth: Depth) -> Style:
    """Return the style as the depth can show it, on a widget whose own background is `ground`."""
    back = style.bgcolor
    stood_out = back is not None and _distance(back, ground) >= _STANDS_OUT
    if depth.value is None:
        plain = style.without_color
        if style.meta:  # where a click leads
            plain += Style.from_meta(style.meta)
        return plain + _REVERSE if stood_out else plain
    fore = None if style.color is None else _text(style.color, back or ground, depth.value)
    low_back = None if back is None else _nearest(back, depth.value)
    if fore is not None and low_back is not None and fore.number == low_back.number and style.color != back:
        fore = _BLACK if sum(low_back.get_truecolor(foreground=False)) > _DARK else _WHITE
    low = style + Style.from_color(fore, low_back)
    if stood_out and low_back is not None and low_back.number == _nearest(ground, depth.value).number:
        return low + _REVERSE
    return low


def _nearest(color: RichColor, system: ColorSystem) -> RichColor:
    """Return the nearest color; a vivid one stays a color. (Rich's own way to 256 makes navy of a slate near black.)"""
    parts = color.triplet
    if system is not ColorSystem.EIGHT_BIT or parts is None:
        return color.downgrade(system)
    least = _VIVID if sum(parts) < _DARK else _PALE
    among = _COLORS if max(parts) - min(parts) >= least else _ALL
    return RichColor.from_ansi(_LATER + among.match(parts))


def _text(color: RichColor, back: RichColor, system: ColorSystem) -> RichColor:
    """Return the color of text; on a dark ground one of sixteen by its hue: the nearest to a pastel would be grey."""
    parts = color.triplet
    if system is not ColorSystem.STANDARD or parts is None or sum(back.get_truecolor()) >= _DARK:
        return _nearest(color, system)
    if max(parts) - min(parts) < _VIVID:
        return _nearest(color, system)
    hue, _, _ = rgb_to_hsv(*parts.normalized)
    return RichColor.from_ansi(8 + _HUES[round(hue * 6) % 6])


def _distance(one: RichColor, other: RichColor) -> int:
    if one.triplet is None or other.triplet is None:  # the terminal's own colors: nobody knows them
        return 0 if one.number == other.number and one.is_default == other.is_default else 256
    return max(abs(a - b) for a, b in zip(one.triplet, other.triplet, strict=True))
