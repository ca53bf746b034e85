"""Names of files in messages."""

import unicodedata

__all__ = ["name_some", "printable"]

# Control characters, halves of characters, and ends of lines and paragraphs.
_ESCAPED = {"Cc", "Cs", "Zl", "Zp"}


def printable(name):
    r"""Escape what would break a line of output: a file name may contain anything but ``/``.

    Parameters
    ----------
    name : str or path-like

    Returns
    -------
    text : str
        Control characters, line ends and bytes that are no text are written as ``\n``,
        ``\udcff`` and so on; other characters of all languages are kept.
    """
    text = str(name)
    if text.isprintable():
        return text
    return "".join(ascii(c)[1:-1] if unicodedata.category(c) in _ESCAPED else c for c in text)


def name_some(names, limit=10):
    """Join names for a message; long lists are truncated, with the number of the rest."""
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(map(printable, names[:limit])) + more
