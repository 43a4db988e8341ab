"""The shell that a person gets in a container."""

_KNOWN_TERMS = ("xterm", "xterm-256color", "screen", "screen-256color", "tmux-256color", "linux", "vt100", "vt220")
"""What images have a terminfo entry for; others are told the nearest that they have."""


def shell_command(term: str) -> list[str]:
    """Return what starts the best shell that a container has, for a terminal that calls itself so (TERM)."""
    term = term if term in _KNOWN_TERMS else "xterm-256color"
    search = "for shell in bash zsh ash; do command -v $shell >/dev/null 2>&1 && exec $shell; done; exec sh"
    return ["sh", "-c", f"TERM={term}; export TERM; {search}"]
