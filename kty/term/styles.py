"""Style sheets that are read once for all apps of a process: reading them is a third of a further app's first frame."""

from typing import TypeAlias

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_Rules: TypeAlias = dict[tuple[str, CSSLocation, bool, int, str], list[RuleSet]]
"""By all that is told of a piece of CSS. Whoever has a rule reads it, and changes nothing."""

_rules: LRUCache[tuple[tuple[str, str], ...], _Rules] = LRUCache(16)
"""By the variables' values."""


class SharedStylesheet(Stylesheet):
    """Takes the rules that another app read from the same CSS with the same variables."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._known = _known(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        super().set_variables(variables)
        self._known = _known(variables)

    def reparse(self) -> None:
        self.parse()  # which, as Textual's own `reparse` in a sheet of its own, leaves the rules until all were read

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        piece = (css, read_from, is_default_rules, tie_breaker, scope)
        if (rules := self._known.get(piece)) is None:
            rules = self._known[piece] = super()._parse_rules(*piece)
        return rules


def _known(variables: dict[str, str]) -> _Rules:
    values = tuple(sorted(variables.items()))
    if (known := _rules.get(values)) is None:
        known = _rules[values] = {}
    return known
