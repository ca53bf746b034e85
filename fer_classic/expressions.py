"""The eight expression names used by all data sets, models and tables of the library.

The vocabulary is that of FER2013's class folders plus *contempt* (CK+). It is sorted, so that
the sorted ``classes_`` of a scikit-learn classifier and the canonical order agree. Other names and
codes (``AN``, ``happiness``, code 5 of CK+) are translated by the loaders of the data sets.
"""

from fer_classic.exceptions import UnknownNameError

__all__ = ["EXPRESSIONS", "decode", "encode"]

EXPRESSIONS = ("angry", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""Expression names in canonical (alphabetical) order; a code is an index into this tuple."""


def encode(names, known=EXPRESSIONS):
    """Convert expression names to codes.

    Parameters
    ----------
    names : iterable of str
        Names, each one of ``known``.
    known : sequence of str, default=EXPRESSIONS
        Names of the classes; pass other names for a data set with custom classes.

    Returns
    -------
    codes : ndarray of shape (n,), int64
        Index of each name in ``known``.

    Raises
    ------
    UnknownNameError
        If a name is not one of ``known``.

    Examples
    --------
    >>> from fer_classic.expressions import encode
    >>> encode(["happy", "angry"]).tolist()
    [4, 0]
    """
    import numpy as np

    code_of = {name: code for code, name in enumerate(known)}
    names = [str(name) for name in names]
    for name in names:
        if name not in code_of:
            raise UnknownNameError("expression", name, known)
    return np.array([code_of[name] for name in names], dtype=np.int64)


def decode(codes, names=EXPRESSIONS):
    """Convert codes to expression names.

    Parameters
    ----------
    codes : array-like of shape (n,), int
        Indices into ``names``.
    names : sequence of str, default=EXPRESSIONS
        Name of each code, such as the ``target_names`` of a data set.

    Returns
    -------
    decoded : ndarray of shape (n,), str
        The name of each code.

    Raises
    ------
    ValueError
        If a code is not an index into ``names``.

    Examples
    --------
    >>> from fer_classic.expressions import decode
    >>> decode([4, 0]).tolist()
    ['happy', 'angry']
    """
    import numpy as np

    codes, names = np.asarray(codes), np.asarray(names)
    if codes.size == 0:
        return np.array([], dtype=names.dtype)
    if not np.issubdtype(codes.dtype, np.integer):
        raise ValueError(f"expression codes must be integers, got dtype {codes.dtype}.")
    wrong = codes[(codes < 0) | (codes >= len(names))]
    if wrong.size:
        raise ValueError(
            f"expression code {wrong.flat[0]} is out of range; "
            f"codes run from 0 to {len(names) - 1} ({', '.join(names)})."
        )
    return names[codes]
