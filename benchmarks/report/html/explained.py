"""How true the maps of explanations are, and the mean maps of each class."""

import shlex

from PIL import Image

from benchmarks._format import percent
from benchmarks._rows import by_fields
from benchmarks.explanations.page import MAPS_CAPTION, cells, header, maps_line
from benchmarks.explanations.pictures import shown_maps, tinted
from benchmarks.report.html.charts import grid, panel
from benchmarks.report.html.markup import figure, fold, heading, inline, key, name, png, table
from benchmarks.report.html.strips import axis, strip
from benchmarks.report.html.svg import tens

__all__ = ["average_maps", "map_gains"]

_ORDERS = {"random": ("c0", "on random order"), "blob": ("c1", "on the middle first")}
_KINDS = {"deletion": "Deletion", "insertion": "Insertion"}
_ZERO = {"value": 0.0, "low": None, "high": None}
# Of a picture; mean faces are smooth, and fewer would show steps.
_N_COLOURS = 128


def map_gains(records):
    """Draw what maps gain on other orders, by data set and model.

    Parameters
    ----------
    records : list of dict
        Rows of ``explanations.jsonl``, at least one.

    Returns
    -------
    html : str
    """
    sample = '<path class="l" d="M1 6H29"/><circle class="dot" cx="15" cy="6" r="4"/>'
    parts = [key([(sample, css, f"gain {text}") for css, text in _ORDERS.values()])]
    commands = []
    for (dataset, part, n), of_faces in by_fields(records, "dataset", "part", "n").items():
        lines = {kind: [cells(record, kind) for record in of_faces] for kind in _KINDS}
        tables = "".join(table(header(kind), of_kind) for kind, of_kind in lines.items())
        parts += [
            heading(4, f"{' '.join(filter(None, (dataset, part)))}, {n:,} faces"),
            grid([_panel(of_faces, kind) for kind in _KINDS], width="22rem", fit=True),
            fold("All areas under the curves", tables),
        ]
        commands.append(_command(of_faces))
    return figure(
        "How faithful are the maps?",
        "".join(parts),
        caption="The parts of each face that its map marks most are removed first (*deletion*) or "
        "shown first (*insertion*). Points are by how many percentage points the mean score is "
        "better for it than in random order, and than from the middle of the face outwards, with "
        "95 % intervals. A map is faithful where both intervals are right of 0; else it may say no "
        "more than such an order. *linear* maps are exact contributions to the decision, *masks* "
        "and *occlusion* maps show how the score depends on what is visible.",
        commands=commands,
    )


def _panel(records, kind):
    """Draw the gains of one kind, a line for each model and method."""
    field = f"{kind}_gain"
    low, high = tens([_ZERO, *(record[field][order] for record in records for order in _ORDERS)])
    body = []
    for model, of_model in by_fields(records, "model").items():
        first = f'<th scope="rowgroup" rowspan="{len(of_model)}">{name(model)}</th>'
        for number, record in enumerate(of_model):
            gains = record[field]
            estimates = [(gains[order], css) for order, (css, _) in _ORDERS.items()]
            values = " / ".join(percent(gains[order]["value"]) for order in _ORDERS)
            css = "" if number else ' class="first"'
            body.append(
                f"<tr{css}>{'' if number else first}"
                f'<td class="m">{name(record["method"])}</td>'
                f'<td class="strip">{strip(estimates, low, high)}</td>'
                f'<td class="n">{values}</td></tr>'
            )
    return panel(
        _KINDS[kind],
        '<table class="strips gains"><thead><tr><th scope="col">model</th>'
        f'<th scope="col" class="m">map</th><th class="axis">{axis(low, high)}</th>'
        '<th scope="col" class="n">gains</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>",
    )


def average_maps(records):
    """Show the mean maps of each class over the mean drawn faces.

    Parameters
    ----------
    records : list of dict
        Rows of ``explanations_maps.jsonl``, at least one.

    Returns
    -------
    html : str
    """
    parts = []
    for record, maps, faces in shown_maps(records):
        pictures = "".join(
            f'<div><img width="48" height="48" alt="map over a face" src="{_source(picture)}">'
            f"{name(label)}</div>"
            for label, picture in tinted(maps, faces).items()
        )
        parts += [
            heading(4, record["model"]),
            f'<p class="soft">{inline(maps_line(record))}</p>',
            f'<div class="faces maps">{pictures}</div>',
        ]
    swatch = '<path class="l" d="M1 6H29"/>'
    legend = key([(swatch, "for", "for the class"), (swatch, "against", "against it")])
    return figure(
        "What speaks for each class?",
        legend + "".join(parts),
        caption=MAPS_CAPTION,
        commands=[_command(of_faces, maps=True) for of_faces in by_fields(records, "n").values()],
    )


def _source(picture):
    return png(Image.fromarray(picture).quantize(_N_COLOURS))


def _command(records, *, maps=False):
    """Give the command that makes rows of one sample of faces."""
    options = {"recipes": [], "models": [], "maps": []}
    drawn = records[0]["dataset"] == "drawn"
    of_names = "maps" if maps else "recipes" if drawn else "models"
    options[of_names] = list(dict.fromkeys(record["model"] for record in records))
    words = ["python", "-m", "benchmarks.explanations", "--n", str(records[0]["n"])]
    words += [] if drawn else ["--data-dir", "DIR"]
    for option, names in options.items():
        words += [f"--{option}", *names]
    return shlex.join(words)
