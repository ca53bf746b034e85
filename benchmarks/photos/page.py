"""The page of detectors, a section for each set of photos."""

from benchmarks._format import markdown_table, number, with_settings
from benchmarks._rows import by_fields

__all__ = ["cells", "header", "photos_page"]


def header(records):
    """Name the columns of a table of these rows."""
    columns = ["detector", "found", "false", "ms"]
    if any(record["frame_milliseconds"] is not None for record in records):
        columns += ["frame ms", "frames"]
    if any(record["framed"] for record in records):
        columns += ["pairs", "side", "right", "down"]
    return columns


def cells(record, columns):
    """Write a row as cells of text."""
    framed = record["framed"]
    written = {
        "detector": with_settings(record["detector"], record["parameters"]),
        "found": str(record["found"]),
        "false": str(record["false"]),
        "ms": number(record["milliseconds"]),
        "frame ms": number(record["frame_milliseconds"]),
        "frames": number(record["frames_found"], 2),
        "pairs": str(framed.get("pairs", "")),
        **{name: _hundredths(framed.get(name)) for name in ("side", "right", "down")},
    }
    return [written[column] for column in columns]


def _hundredths(value):
    # Without the sign of a zero.
    return number(None if value is None else round(value, 2) + 0.0, 2)


def photos_page(records):
    """Write the page.

    Parameters
    ----------
    records : list of dict
        All rows.

    Returns
    -------
    page : str
        Markdown.
    """
    paragraphs = [
        "# Face detectors on photos",
        "Made by `python -m benchmarks.photos --photos DIR`. A face is *found* if a box overlaps "
        "it by 0.3 (intersection over union) or more, each face by one box; the other boxes are "
        "*false*. *ms* is the median time of a photo, on one thread after warming up, the fastest "
        "of several; *frame ms* that of a frame of 640x480 with one face, with the settings that "
        "the live programs use, and *frames* the share of frames in which that face and nothing "
        "else was found. *Side*, *right* and *down* compare boxes with those of the Haar cascade "
        "around the same faces, medians over *pairs*: its side over the detector's, and how far "
        "its centre lies off, in sides. A row with 1, 0 and 0 frames faces as the models expect.",
    ]
    for digest, rows in by_fields(records, "digest").items():
        first, columns = rows[0], header(rows)
        versions, machine = first["versions"], first["machine"]
        paragraphs += [
            f"## {first['photos']} photos with {first['faces']} faces",
            f"Digest `{digest}`; opencv-python {versions.get('opencv-python', '?')}; "
            f"{machine['system']}, {machine['processor']}, {machine['cores']} cores.",
            markdown_table(columns, [cells(record, columns) for record in rows]),
        ]
    return "\n\n".join(paragraphs) + "\n"
