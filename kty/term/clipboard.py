"""Put text into the clipboard of the person's own terminal, through whatever stands between (OSC 52).

https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (Operating System Commands, 52)
"""

import base64
from collections.abc import Mapping

LARGEST = 512 * 1024
"""Bytes of text: with four characters for three of them it is less than the megabyte at which tmux drops a sequence."""

_SCREEN_PIECE = 512
"""Characters: GNU screen drops strings that are longer than 768."""


def fits(text: str) -> bool:
    """Say whether a text is short enough."""
    return len(text) <= LARGEST and len(text.encode("utf-8", "replace")) <= LARGEST


def sequence(text: str, name: str, env: Mapping[str, str]) -> str:
    """Return what makes a terminal put the text into its clipboard; `name` is its TERM.

    tmux takes the sequence itself where `set-clipboard` is `on`, and hands it on in an envelope of its own where
    `allow-passthrough` is `on`; so it gets both. GNU screen knows an envelope only.
    """
    osc = f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\x07"
    if "TMUX" in env or name.startswith("tmux"):
        inner = osc.replace("\x1b", "\x1b\x1b")
        return f"{osc}\x1bPtmux;{inner}\x1b\\"
    if "STY" in env:
        return "".join(f"\x1bP{osc[at : at + _SCREEN_PIECE]}\x1b\\" for at in range(0, len(osc), _SCREEN_PIECE))
    return osc
