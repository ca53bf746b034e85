"""The settings that a table is made with, so that it is not continued with others."""

import json
from pathlib import Path
from typing import Any

from fer_classic.exceptions import SinkError
from fer_classic.utils._files import atomic_path

__all__ = [
    "check_settings",
    "is_complete",
    "keep_settings",
    "mark_complete",
    "name_changes",
    "parse_settings",
    "read_settings",
    "settings_path",
    "write_settings",
]


# Size of a finished table, in bytes. It is no setting, and does not count when they are compared.
_COMPLETE = "complete_bytes"


def settings_path(table: Path) -> Path:
    """Name the file beside a table that holds its settings."""
    return table.with_name(f"{table.name}.settings.json")


def write_settings(path: Path, settings: dict[str, Any]) -> None:
    """Write settings to a file.

    Parameters
    ----------
    path : pathlib.Path
    settings : dict
        What JSON can hold.
    """
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(settings, indent=1) + "\n")


def read_settings(path: Path) -> dict[str, Any] | None:
    """Read settings from a file; None if there is none, empty if it is damaged."""
    return parse_settings(path.read_bytes()) if path.exists() else None


def parse_settings(content: str | bytes) -> dict[str, Any]:
    """Read settings from JSON; empty if it is damaged."""
    try:
        return dict(json.loads(content))
    except (ValueError, TypeError):
        return {}


def name_changes(settings: dict[str, Any], found: dict[str, Any]) -> str:
    """Name the settings that differ, and those that are not known; empty if none does."""
    settings = json.loads(json.dumps(settings))
    names = {**settings, **found}
    return ", ".join(name for name in names if settings.get(name) != found.get(name))


def keep_settings(table: Path, settings: dict[str, Any] | None) -> None:
    """Write the settings of a table that is begun beside it.

    Parameters
    ----------
    table : pathlib.Path
        Empty: a run that is killed in between leaves no rows without their settings.
    settings : dict or None
        Without settings, those of a table that was replaced are removed.
    """
    path = settings_path(table)
    if settings is None:
        path.unlink(missing_ok=True)
    else:
        write_settings(path, settings)


def check_settings(table: Path, settings: dict[str, Any]) -> None:
    """Check that a table is made with these settings.

    Parameters
    ----------
    table : pathlib.Path
    settings : dict

    Raises
    ------
    SinkError
        If it is not, or nobody knows.
    """
    path = settings_path(table)
    found = read_settings(path)
    if found:
        found.pop(_COMPLETE, None)
    if not found:
        raise SinkError(
            f"{table} cannot be resumed: {path.name}, which says how it was made, "
            f"{'is missing' if found is None else 'is damaged'}. Write to another file."
        )
    changed = name_changes(settings, found)
    if changed:
        raise SinkError(
            f"{table} cannot be resumed: it was begun in another way. These differ: {changed} (see "
            f"{path.name}). Give the same source, model and options, or write to another file."
        )


def mark_complete(table: Path) -> None:
    """Note beside a table with settings that it is finished, by its size."""
    path = settings_path(table)
    found = read_settings(path)
    if found:
        write_settings(path, found | {_COMPLETE: table.stat().st_size})


def is_complete(table: Path) -> bool:
    """Whether a table was finished, and has not been changed since, as far as its size tells."""
    found = read_settings(settings_path(table)) or {}
    return table.exists() and bool(found.get(_COMPLETE) == table.stat().st_size)
