"""The command lines that make records anew."""

import shlex

__all__ = ["REPORT", "run_commands"]

REPORT = "python -m benchmarks.report --html"

_USUAL_FOLDS = 5


def run_commands(dataset, rows):
    """Give the commands that make the records of some rows.

    Parameters
    ----------
    dataset : str
        Name of the data set.
    rows : list of Row
        Rows with finished folds.

    Returns
    -------
    commands : list of str
        One for each combination of protocol, settings, seed and number of folds. ``DIR`` stands
        for the folder of data that do not come with the package.
    """
    recipes = {}
    for row in rows:
        names = recipes.setdefault(tuple(_options(dataset, row.records[0])), [])
        if row.records[0]["recipe"] not in names:
            names.append(row.records[0]["recipe"])
    return [
        shlex.join(
            ["python", "-m", "benchmarks.run", *options, "--recipes", ",".join(sorted(names))]
        )
        for options, names in recipes.items()
    ]


def _options(dataset, record):
    """List the options of a record, other than the recipe."""
    protocol, _, trained = record["protocol"].partition(":")
    yield from ("--dataset", dataset)
    if dataset != "drawn":
        yield from ("--data-dir", "DIR")
    yield from ("--protocol", protocol)
    if trained:
        yield from ("--train-on", trained)
    if protocol.endswith("kfold") and record["n_folds"] != _USUAL_FOLDS:
        yield from ("--folds", str(record["n_folds"]))
    if record["seed"]:
        yield from ("--seed", str(record["seed"]))
    for name, value in record["settings"].items():
        yield from ("--set", f"{name}={value}")
    if record.get("permuted") is not None:
        yield from ("--permute", str(record["permuted"]))
