"""Words of somebody else's, safe to show."""

_MOST_WORDS = 300


def shortened(text: str) -> str:
    """Return a text of somebody else's as one printable line of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _MOST_WORDS else f"{line[: _MOST_WORDS - 1]}…"
