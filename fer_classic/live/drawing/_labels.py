"""What expressions are called on the screen, in several languages."""

import csv
import json
from pathlib import Path

from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.live._results import NO_FACE, REASONS, UNCERTAIN

__all__ = ["LANGUAGES", "load_labels"]

_OTHERS = (UNCERTAIN, NO_FACE, *REASONS)
_NAMES = (*EXPRESSIONS, *_OTHERS)
# In the order of the names: angry, contempt, disgust, fear, happy, neutral, sad, surprise,
# uncertain, no face, small, blurred, turned.
_TABLES = {
    "de": (
        *("Ärger", "Verachtung", "Ekel", "Angst", "Freude", "neutral", "Trauer", "Überraschung"),
        *("unsicher", "kein Gesicht", "klein", "unscharf", "abgewandt"),
    ),
    "en": _NAMES,
    "es": (
        *("enfado", "desprecio", "asco", "miedo", "alegría", "neutral", "tristeza", "sorpresa"),
        *("incierto", "ningún rostro", "pequeño", "borroso", "girado"),
    ),
    "fr": (
        *("colère", "mépris", "dégoût", "peur", "joie", "neutre", "tristesse", "surprise"),
        *("incertain", "aucun visage", "petit", "flou", "tourné"),
    ),
    "it": (
        *("rabbia", "disprezzo", "disgusto", "paura", "gioia", "neutro", "tristezza", "sorpresa"),
        *("incerto", "nessun volto", "piccolo", "sfocato", "girato"),
    ),
    "ja": (
        *("怒り", "軽蔑", "嫌悪", "恐れ", "喜び", "無表情", "悲しみ", "驚き"),
        *("不確実", "顔なし", "小さい", "ぼけ", "横向き"),
    ),
    "ko": (
        *("분노", "경멸", "혐오", "두려움", "행복", "무표정", "슬픔", "놀람"),
        *("불확실", "얼굴 없음", "작음", "흐림", "옆모습"),
    ),
    "pt": (
        *("raiva", "desprezo", "nojo", "medo", "alegria", "neutro", "tristeza", "surpresa"),
        *("incerto", "nenhum rosto", "pequeno", "desfocado", "virado"),
    ),
    "zh": (
        *("愤怒", "轻蔑", "厌恶", "恐惧", "高兴", "平静", "悲伤", "惊讶"),
        *("不确定", "无人脸", "过小", "模糊", "侧脸"),
    ),
}
LANGUAGES = tuple(_TABLES)
"""Codes of the languages that :func:`load_labels` knows."""


def load_labels(source, *, names=None):
    """Load what expressions are called on the screen.

    Parameters
    ----------
    source : str or path-like
        Code of a language out of :data:`LANGUAGES`, or a file that gives labels to expressions,
        to ``"uncertain"``, ``"no face"``, ``"small"``, ``"blurred"`` or ``"turned"``: ``.json``
        with one object, or ``.csv`` with two columns, expression and label; a first row of those
        two words is skipped. UTF-8.
    names : iterable of str, default=EXPRESSIONS
        The expressions, such as the classes of a model. A file may speak of others of
        :data:`~fer_classic.expressions.EXPRESSIONS` too, so that it serves several models.

    Returns
    -------
    labels : dict of str to str
        Label of every name, in their order, then of those other words; the name
        itself where the language or the file has none.

    Raises
    ------
    UnknownNameError
        If ``source`` is neither a known language nor a ``.json`` or ``.csv`` file, or the file
        gives a label to something else.
    DataNotFoundError
        If there is no such file.
    DataFormatError
        If the file is not such a table, or a label is empty or has several lines.

    Examples
    --------
    >>> from fer_classic.live import load_labels
    >>> load_labels("fr")["happy"]
    'joie'
    """
    names = dict.fromkeys((*(EXPRESSIONS if names is None else names), *_OTHERS))
    if source in _TABLES:
        table = dict(zip(_NAMES, _TABLES[source], strict=True))
    else:
        table = _read_file(Path(source), known=names | dict.fromkeys(_NAMES))
    return {name: table.get(name, name) for name in names}


def _read_file(path, *, known):
    reader = {".json": _read_json, ".csv": _read_csv}.get(path.suffix.lower())
    if reader is None:
        raise UnknownNameError("labels", path, (*LANGUAGES, "FILE.json", "FILE.csv"))
    try:
        # Spreadsheets write a byte order mark.
        pairs = reader(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataNotFoundError(f"no such file of labels: {path}") from None
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        raise DataFormatError(f"{path} is not a table of labels: {error}.") from error
    for name, label in pairs:
        if name not in known:
            problem = f"{path} names {name!r}, which is no expression of the model"
            raise UnknownNameError("expression", name, tuple(known), problem)
        if not label or len(label.splitlines()) > 1:
            raise DataFormatError(f"the label of {name!r} in {path} must be one line of text.")
    return dict(pairs)


def _read_json(text):
    table = json.loads(text)
    if not isinstance(table, dict) or not all(isinstance(label, str) for label in table.values()):
        raise ValueError("it must be an object that gives each expression a string")
    return [(name.strip(), label.strip()) for name, label in table.items()]


def _read_csv(text):
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if row]
    for row in rows:
        if len(row) != 2:
            raise ValueError(f"the row {','.join(row)!r} has not two columns, expression and label")
    return rows[1:] if rows[:1] == [["expression", "label"]] else rows
