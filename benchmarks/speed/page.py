"""The page of timings: a section for each part."""

from contextlib import suppress

from benchmarks._figures import save_picture
from benchmarks._format import markdown_table, number, percent
from fer_classic.exceptions import MissingDependencyError
from fer_classic.plotting import plot_growth
from fer_classic.plotting._growth import growth

__all__ = ["SECTIONS", "draw_scale", "header", "speed_page", "table"]

PICTURE = "speed_scale.png"

SECTIONS = {
    "features": (
        "Features",
        "A batch of 256 drawn faces of 48x48 pixels, against a loop over scikit-image's functions "
        "on the first of them: its codes and `numpy.histogram`, its Gabor filter at every pixel, "
        "its descriptor. *Bytes* are those of a face's features.",
    ),
    "fit": (
        "Fit",
        "From faces to the fitted model, each in a process of its own, against the same steps with "
        "scikit-learn's `SVC` as the last; then that last step alone. Both have an RBF kernel of "
        "one width and penalties that make them about as accurate; the search of kernel and ridge, "
        "by which the recipes begin on 3,000 faces or fewer, is left out. The calibration of "
        "probabilities is part of ours, and `SVC` has none. *Accuracy* on faces of people who were "
        "not fitted on, in percent; *memory* at the peak, above what the process held before.",
    ),
    "predict": (
        "Predict",
        "From faces to names, by the public `predict`. The bundled `svm_fast` against its "
        "arithmetic alone: `theirs / ours` is the share of time that goes into numbers, the "
        "rest goes into validation, copies and the calls between. Recipes were fitted on 256 drawn "
        "faces; those that were fitted on more take longer.",
    ),
    "frames": (
        "Frames",
        "Whole frames with the bundled `svm_fast`, faces being detected in every fifth frame and "
        "followed in the others, against detection in each; *spread* is the 95th percentile over "
        "the median.",
    ),
    "import": (
        "Cold start",
        "Fresh processes from start to end; what the library costs is the difference. The photo is "
        "one of 512x512 pixels with one face.",
    ),
    "scale": (
        "Scale",
        "`svm_hog`, with its RBF SVM and without the search, on drawn faces (480, shifted by "
        "up to two pixels and with a little noise, as often as it takes), each number in a process "
        "of its own. *Extract* goes from faces to features; those that take more than 50 MB go to "
        "a file. *Fit* goes from features to the components and the calibrated SVM, *predict* "
        "from faces to names, by an SVM fitted on 1,000. Against the smallest number, for each "
        "face: `theirs / ours` is 1 where time grows linearly. *Memory* at the peak, above what "
        "the stage is given.",
    ),
    "blocks": (
        "Blocks",
        "The recipe `sgd_lbp` on the same faces, which stay in their file, each number in a "
        "process of its own. *Fit* goes from faces to the fitted model, five times through all of "
        "them; *predict* from faces to names, by a model fitted on 1,000. Against the smallest "
        "number, for each face. *Memory* at the peak, above what the process held before.",
    ),
    "service": (
        "Service",
        "`fer-classic serve` with the bundled `cnn`, asked about a photo of 512x512 pixels with "
        "one face by clients on the same machine, which go on as soon as they have an answer. "
        "*Ours* is the time for a photo with all clients together, against the library in a loop; "
        "*request* is what one client waits, median (95th percentile), and *spread* their ratio. "
        "*Lost* are requests without their answer. *Memory*: what the requests add to that of the "
        "service, and what all before them have added.",
    ),
    "camera": (
        "Camera",
        "The web socket of `fer-classic app`: frames of 640x480 pixels with one face, as JPEG of "
        "about 40 kB, each sent when the answer to the one before is there, as the page does; "
        "against the library in a loop, from the content of the file to the smoothed scores. Times "
        "are means, since faces are detected in every fifth frame only; *request* is what the page "
        "waits, median (95th percentile), and *spread* their ratio.",
    ),
}


def header(part):
    """Name the columns of a part's table."""
    more = {"features": ["bytes"], "fit": ["memory", "accuracy"], "scale": ["memory"]}
    more["blocks"] = more["scale"]
    more["service"] = ["a second", "request", "lost", "memory"]
    more["camera"] = ["a second", "request"]
    usual = ["subject", "against", "ours", "theirs", "for a", "theirs / ours", "spread"]
    return usual + more.get(part, [])


def table(part, records):
    """Write the rows of a part as cells of text."""
    columns = header(part)
    return [_cells(record, columns) for record in records]


def _cells(record, columns):
    # The key of stored rows, which do not name it.
    subject = record["subject"].replace("bundled model", "bundled svm_fast")
    head = [subject, record["against"]]
    if record["reason"]:
        return [*head, f"skipped: {record['reason']}", *[""] * (len(columns) - 3)]
    cells = {
        "ours": _time(record["seconds"]),
        "theirs": _time(record["seconds_against"]),
        "for a": record["unit"],
        "theirs / ours": number(record["ratio"], 2),
        "spread": _pair(record, "spread", lambda value: number(value, 2)),
        "bytes": _bytes_of_a_face(record),
        "memory": _pair(record, "memory", _megabytes),
        "accuracy": _pair(record, "accuracy", percent),
        "a second": number(1 / record["seconds"], 1),
        "request": _request(record),
        "lost": "" if record["lost"] is None else str(record["lost"]),
    }
    return head + [cells[column] for column in columns[2:]]


def _time(seconds):
    return f"{seconds:,.2f} s" if seconds >= 1 else f"{1000 * seconds:,.3f} ms"


def _megabytes(n_bytes):
    return f"{n_bytes / 1e6:,.0f} MB"


def _pair(record, name, write):
    pair = record[name], record[f"{name}_against"]
    return "" if None in pair else ", ".join(map(write, pair))


def _request(record):
    return "{:,.0f} ({:,.0f}) ms".format(*record["stages"].get("request", (0, 0)))


def _bytes_of_a_face(record):
    return ", ".join(
        f"{record[f'bytes{whose}'] // record[f'shape{whose}'][0]:,}"
        for whose in ("", "_against")
        if record[f"bytes{whose}"]
    )


def speed_page(records):
    """Write the page.

    Parameters
    ----------
    records : list of dict
        All rows, part by part.

    Returns
    -------
    page : str
        Markdown.
    """
    paragraphs = [
        "# Speed",
        "Made by `python -m benchmarks.speed`: medians, on one thread, ours and theirs in turn. "
        "*Spread* is the slowest over the fastest repetition, ours and theirs.",
    ]
    for part, (title, text) in SECTIONS.items():
        of_part = [record for record in records if record["part"] == part]
        if of_part:
            paragraphs += [f"## {title}", text, markdown_table(header(part), table(part, of_part))]
            paragraphs += _more(part, of_part)
    return "\n\n".join(paragraphs) + "\n"


def _more(part, records):
    """What stands below a part's table."""
    staged = [record for record in records if record["stages"] and record["overlap"]]
    if staged:
        return [_STAGES, _stage_table(staged)]
    if part == "blocks":
        return _extrapolated(records)
    curves = _curves(records, "seconds") if part == "scale" else {}
    slopes = [f"{name} {growth(*curve):.2f}" for name, curve in curves.items() if len(curve[0]) > 1]
    if not slopes:
        return []
    return [f"Slopes of time on logarithmic axes: {', '.join(slopes)}.", f"![]({PICTURE})"]


def _extrapolated(records, n_faces=1_000_000):
    """Say what a million faces would take, by the largest number that was measured."""
    largest = {}
    for record in records:
        if record["seconds"]:
            largest[record["subject"].partition(", ")[0]] = record
    return [
        f"{stage.capitalize()} of {n_faces:,} faces, at {1000 * record['seconds']:.2f} ms each as "
        f"with {record['shape'][0]:,}: {n_faces * record['seconds'] / 60:,.0f} minutes, with about "
        f"{_megabytes(record['memory'])}."
        for stage, record in largest.items()
        if record["memory"] is not None
    ]


def _curves(records, field):
    """Numbers of faces and what they cost, by stage."""
    curves = {}
    for record in records:
        stage, _, count = record["subject"].partition(", ")
        if count and record[field]:
            n_faces = record["shape"][0]
            cost = record[field] * (n_faces if field == "seconds" else 1)
            sizes, costs = curves.setdefault(stage, ([], []))
            sizes.append(n_faces)
            costs.append(cost)
    return curves


def draw_scale(records, folder):
    """Draw time and memory against the number of faces, where there is matplotlib.

    Parameters
    ----------
    records : list of dict
        All rows.
    folder : pathlib.Path
        Where the picture goes.
    """
    records = [record for record in records if record["part"] == "scale"]
    curves = {"seconds": _curves(records, "seconds"), "bytes": _curves(records, "memory")}
    curves = {label: of_label for label, of_label in curves.items() if of_label}
    if not curves:
        return
    with suppress(MissingDependencyError):
        axes = plot_growth(curves, xlabel="faces", title="svm_hog on drawn faces")
        save_picture(axes[0], folder / PICTURE)


_STAGES = (
    "Stages of a frame in milliseconds, median (95th percentile) over the frames that go through "
    "them. *Overlap* of the boxes with those that are detected in each frame, median (5th "
    "percentile):"
)


def _stage_table(records):
    stages = list(dict.fromkeys(stage for record in records for stage in record["stages"]))
    lines = [
        [
            record["subject"],
            *("{:.2f} ({:.2f})".format(*record["stages"].get(stage, (0, 0))) for stage in stages),
            "{:.2f} ({:.2f})".format(*record["overlap"]),
        ]
        for record in records
    ]
    return markdown_table(["frame", *stages, "overlap"], lines)
