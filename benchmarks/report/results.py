"""All that the records of a data set say."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.records.candidates import read_searches
from benchmarks.report.summary import current_records, permuted_records, summarise
from fer_classic.datasets import DATASETS
from fer_classic.exceptions import DataNotFoundError

__all__ = ["Results", "find_datasets", "read_results"]


@dataclass(eq=False)
class Results:
    """What there is on one data set.

    Parameters
    ----------
    dataset : str
        Its name.
    folder : pathlib.Path
        Where its records lie.
    records : list of dict
        Its records.
    n_others : int
        Records of other versions of the data set, which are left out.
    rows : list of Row
        What became of the records.
    searches : list of list of Tried
        What was tried of each recipe on each part of the data set.
    permuted : list of Row
        Rows of permuted labels.
    """

    dataset: str
    folder: Path
    records: list
    n_others: int
    rows: list
    searches: list
    permuted: list


def find_datasets(output):
    """Name the data sets that have records.

    Parameters
    ----------
    output : path-like
        Where the records are.

    Returns
    -------
    datasets : list of str

    Raises
    ------
    DataNotFoundError
        If there are no records.
    """
    found = [name for name in DATASETS if any((Path(output) / name).glob("*.jsonl"))]
    if not found:
        raise DataNotFoundError(
            f"no records in {output}; make some with: python -m benchmarks.run --output {output}"
        )
    return found


def read_results(output, dataset):
    """Read the records of a data set and score them.

    Parameters
    ----------
    output : path-like
        Where the records are.
    dataset : str
        Name of the data set.

    Returns
    -------
    results : Results

    Raises
    ------
    DataFormatError
        If a line or a side file is damaged, or a line lacks what a report needs of it.
    """
    folder = Path(output) / dataset
    records, n_others = current_records(output, dataset)
    return Results(
        dataset=dataset,
        folder=folder,
        records=records,
        n_others=n_others,
        rows=summarise(records, folder),
        searches=read_searches(folder),
        permuted=summarise(permuted_records(output, dataset), folder / "permuted"),
    )
