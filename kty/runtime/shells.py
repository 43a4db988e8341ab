"""The shell that a person gets in a container."""

_KNOWN_TERMS = ("xterm", "xterm-256color", "screen", "screen-256color", "tmux-256color", "linux", "vt100", "vt220")
"""What images have a terminfo entry for; others are told the nearest that they have."""


def shell_command(term: str) -> list[str]:
    """Return what starts the best shell that a container has, for a terminal that calls itself so (TERM)."""
    search = "for shell in bash zsh ash; do command -v $shell >/dev/null 2>&1 && exec $shell; done; exec sh"
    return ["sh", "-c", f"TERM={_known(term)}; export TERM; {search}"]


def line_command(line: str, term: str | None) -> list[str]:
    """Return what runs a line as `sh -c` does; `term` is its terminal's TERM, None where it has no terminal."""
    if term is None:
        return ["sh", "-c", line]
    return ["sh", "-c", 'TERM=$1; export TERM; exec sh -c "$2"', "sh", _known(term), line]


def _known(term: str) -> str:
    return term if term in _KNOWN_TERMS else "xterm-256color"
