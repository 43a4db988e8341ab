"""Compose what a YAML view shows: a strip for each line on screen."""

from textual.strip import Strip

from kty.widgets.strips import thumb
from kty.widgets.yaml_canvas import YamlCanvas
from kty.widgets.yaml_lexer import LONGEST, lex
from kty.widgets.yaml_painter import Row
from kty.widgets.yaml_reading import Reading


class YamlComposer(YamlCanvas):
    """Looks at the lines that can be seen, and paints those that look different."""

    def compose(self, reading: Reading, top: int, left: int) -> list[Strip]:
        """Return one strip for each line on screen, from this row and cell on.

        A line that looks as before gets the same strip.
        """
        painter = self._painter_for(left)
        painter.turn()
        rows = reading.folds.rows
        marked = thumb(top, self.height, len(rows))
        frame = [
            painter.paint(self._row(reading, line, left)._replace(thumb=y in marked))
            for y, line in enumerate(rows[top : top + self.height])
        ]
        return frame + [painter.paint(Row(""))] * (self.height - len(frame))

    def _row(self, reading: Reading, line: int, left: int) -> Row:
        outline, search, hidden = reading.outline, reading.search, reading.folds.hidden(line)
        text = outline.lines[line]
        seen = (0, len(text)) if len(text) <= LONGEST else (left, left + self.room)
        matches = search.within(line, *seen)
        return Row(
            text,
            lex(text, is_body=outline.is_body(line)),
            tuple([(match.start, match.end, match is search.match) for match in matches]),
            ("▸" if hidden else "▾") if outline.is_head(line) else "",
            _said(hidden, search.count(line + 1, line + hidden)) if hidden else "",
            cursor=line == reading.cursor,
            changed=not reading.changed.isdisjoint(range(line, line + hidden + 1)),
        )


def _said(hidden: int, matches: int) -> str:
    text = f"… {hidden} line{'s' * (hidden > 1)}"
    return f"{text}, {matches} match{'es' * (matches > 1)}" if matches else text
