"""Audit of data sets: duplicates and other properties that bias scores."""

from dataclasses import asdict, dataclass

import numpy as np

from fer_classic.datasets._base import dataset_digest
from fer_classic.datasets._near import (
    BLANK_STD,
    MIN_CORRELATION,
    find_blank,
    is_near,
    near_groups,
    near_pairs,
)
from fer_classic.datasets._twins import TRAINING

__all__ = ["Audit", "Groups", "audit"]

_WHOLE = "all"


@dataclass(frozen=True)
class Groups:
    """Groups of two or more identical or nearly identical images.

    Attributes
    ----------
    correlation : float or None
        Minimum correlation of near duplicates; None for byte-identical images.
    members : list of list of int
        Indices of the images of each group, in the order of first occurrence.
    n_groups, n_images : int
        Number of groups, and of images in them.
    conflicting : int
        Number of groups whose images have different labels.
    across_splits : int or None
        Number of groups in more than one split; None if the data set has no splits.
    twins_in_training : dict of str to int
        Number of images with a twin (duplicate) in Training, for each other split.
    across_folds : int or None
        Number of groups in more than one fold; None if no folds were given.
    """

    correlation: float | None
    members: list
    n_groups: int
    n_images: int
    conflicting: int
    across_splits: int | None
    twins_in_training: dict
    across_folds: int | None


@dataclass(frozen=True)
class Audit:
    """Result of :func:`audit`; ``str()`` formats it as a report.

    Attributes
    ----------
    name, digest : str
        Name of the data set, and the digest of its content.
    n_images : int
        Number of images.
    sizes : dict of str to int
        Number of images of each size, such as ``"48x48"`` (width x height).
    counts : dict of str to dict of str to int
        Number of images per split and class; ``"all"`` for a data set without splits.
    subjects : int or None
        Number of people; None if unknown.
    subjects_per_class : dict of str to int, or None
        Number of people with images of each expression.
    blank : list of int
        Indices of images whose pixels have a standard deviation below 2.
    identical : Groups
        Byte-identical images.
    near : list of Groups
        Nearly identical images, including byte-identical and mirrored ones, for each requested
        minimum correlation, in descending order.
    """

    name: str
    digest: str
    n_images: int
    sizes: dict
    counts: dict
    subjects: int | None
    subjects_per_class: dict | None
    blank: list
    identical: Groups
    near: list

    def as_dict(self):
        """Convert to dicts, lists, strings and numbers, for JSON.

        Returns
        -------
        audit : dict
            The attributes, by name.
        """
        return asdict(self)

    def __str__(self):
        sizes = ", ".join(f"{count:,} of {size}" for size, count in self.sizes.items())
        parts = [
            f"Data set {self.name}: {self.n_images:,} images ({sizes}), digest {self.digest}",
            _table(self.counts, self.subjects_per_class),
            f"Subjects: {'not known' if self.subjects is None else self.subjects}\n"
            f"Blank images (standard deviation under {BLANK_STD:g}): {len(self.blank)}",
            _paragraph("Byte-identical images", self.identical),
        ]
        for groups in self.near:
            bound = f"correlation of at least {groups.correlation:g}, including mirror images"
            parts.append(_paragraph(f"Nearly identical images ({bound})", groups))
        return "\n\n".join(parts)


def audit(bunch, *, folds=None, near=(0.99, 0.9)):
    """Audit a data set for properties that bias scores.

    Parameters
    ----------
    bunch : Bunch
        A data set, as returned by the loaders.
    folds : array-like of shape (n,), optional
        The fold of each image, to count groups in more than one fold.
    near : float or sequence of float, default=(0.99, 0.9)
        Minimum correlations of near duplicates, including mirror images; each value is reported
        separately. An empty sequence skips this step, which is slow for large data sets.

    Returns
    -------
    audit : Audit
        Counts, blank images, groups of identical and of nearly identical images.

    Raises
    ------
    ValueError
        If ``folds`` does not have the length of the data set, or a value of ``near`` is not in
        ``[0.9, 1]``.

    Examples
    --------
    >>> from fer_classic.datasets import audit, load_drawn_faces
    >>> audit(load_drawn_faces(n_subjects=2), near=()).identical.conflicting
    0
    """
    near = np.ravel(near).tolist()
    if not all(map(is_near, near)):
        raise ValueError(
            f"near must be correlations from {MIN_CORRELATION} to 1, such as (0.99, 0.9), "
            f"got {near!r}."
        )
    if folds is not None and len(folds) != len(bunch.target):
        raise ValueError(
            f"folds must have one value for each of the {len(bunch.target):,} images, "
            f"got {len(folds):,}."
        )
    blank = find_blank(bunch.images)
    sizes, size_counts = np.unique(
        [f"{image.shape[1]}x{image.shape[0]}" for image in bunch.images], return_counts=True
    )
    return Audit(
        name=bunch.name,
        digest=dataset_digest(bunch),
        n_images=len(bunch.target),
        sizes=dict(zip(sizes.tolist(), size_counts.tolist(), strict=True)),
        counts=_count(bunch),
        subjects=None if bunch.subjects is None else len(np.unique(bunch.subjects)),
        subjects_per_class=_count_subjects(bunch),
        blank=np.flatnonzero(blank).tolist(),
        identical=_group_identical(bunch, folds),
        near=_group_near(bunch, folds, sorted(near, reverse=True), blank) if near else [],
    )


def _classes(bunch):
    return [(code, str(bunch.target_names[code])) for code in np.unique(bunch.target)]


def _names_of(split):
    """List the splits in the order of first occurrence."""
    return list(dict.fromkeys(split.tolist()))


def _count(bunch):
    def count(target):
        return {name: int(np.sum(target == code)) for code, name in _classes(bunch)}

    if bunch.split is None:
        return {_WHOLE: count(bunch.target)}
    return {split: count(bunch.target[bunch.split == split]) for split in _names_of(bunch.split)}


def _count_subjects(bunch):
    if bunch.subjects is None:
        return None
    return {
        name: len(np.unique(bunch.subjects[bunch.target == code])) for code, name in _classes(bunch)
    }


def _group_identical(bunch, folds):
    ids, training = bunch.duplicates, _training(bunch)
    return _group(ids, bunch, folds, has_twin=np.isin(ids, ids[training]))


def _group_near(bunch, folds, thresholds, blank):
    pairs, correlations = near_pairs(bunch.images, correlation=thresholds[-1], exclude=blank)
    training = _training(bunch)
    groups = []
    for threshold in thresholds:
        kept = pairs[correlations >= threshold]
        # Groups are chains: not all of their images need a near duplicate in Training.
        has_twin = np.zeros(len(training), dtype=bool)
        has_twin[kept[training[kept[:, 0]] != training[kept[:, 1]]]] = True
        ids = near_groups(kept, len(training))
        groups.append(_group(ids, bunch, folds, has_twin=has_twin, correlation=threshold))
    return groups


def _training(bunch):
    if bunch.split is None:
        return np.zeros(len(bunch.target), dtype=bool)
    return np.asarray(bunch.split) == TRAINING


def _group(ids, bunch, folds, *, has_twin, correlation=None):
    order = np.argsort(ids, kind="stable")
    starts = np.flatnonzero(np.diff(ids[order])) + 1
    members = [group for group in np.split(order, starts) if len(group) > 1]
    members.sort(key=lambda group: group[0])

    def straddling(column):
        if column is None:
            return None
        column = np.asarray(column)
        return sum(len(np.unique(column[group])) > 1 for group in members)

    return Groups(
        correlation=correlation,
        members=[group.tolist() for group in members],
        n_groups=len(members),
        n_images=sum(map(len, members)),
        conflicting=straddling(bunch.target),
        across_splits=straddling(bunch.split),
        twins_in_training=_count_twins(has_twin, bunch.split),
        across_folds=straddling(folds),
    )


def _count_twins(has_twin, split):
    if split is None or TRAINING not in split:
        return {}
    names = [name for name in _names_of(split) if name != TRAINING]
    return {name: int(np.sum(has_twin[split == name])) for name in names}


def _table(counts, subjects_per_class):
    columns = dict(counts)
    names = list(next(iter(counts.values())))
    if len(counts) > 1:
        columns["total"] = {name: sum(count[name] for count in counts.values()) for name in names}
    totals = {head: sum(column.values()) for head, column in columns.items()}
    if subjects_per_class:
        # One person can show several expressions, so these numbers do not add up.
        columns["subjects"] = subjects_per_class
    width, first_width = max(10, *map(len, columns)) + 2, max(10, *map(len, names))

    def line(first, cells):
        return f"{first:<{first_width}}" + "".join(f"{cell:>{width},}" for cell in cells)

    head = f"{'class':<{first_width}}" + "".join(f"{head:>{width}}" for head in columns)
    rows = [line(name, [column[name] for column in columns.values()]) for name in names]
    return "\n".join([head, *rows, line("total", totals.values())])


def _paragraph(title, groups):
    facts = [("groups", groups.n_groups), ("images in them", groups.n_images)]
    facts.append(("groups with conflicting labels", groups.conflicting))
    if groups.across_splits is not None:
        facts.append(("groups in more than one split", groups.across_splits))
    facts += [
        (f"{split} images with a twin in {TRAINING}", count)
        for split, count in groups.twins_in_training.items()
    ]
    if groups.across_folds is not None:
        facts.append(("groups in more than one fold", groups.across_folds))
    return "\n".join([title, *(f"  {name:<44}{count:>10,}" for name, count in facts)])
