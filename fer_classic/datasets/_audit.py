"""What a person should know about a data set before believing a score on it."""

from dataclasses import asdict, dataclass
from numbers import Real

import numpy as np

from fer_classic.datasets._base import digest
from fer_classic.datasets._near import near_groups

__all__ = ["Audit", "Groups", "audit"]

_BLANK_STD = 2.0
_LEAST_NEAR = 0.9
_TRAINING = "Training"
_WHOLE = "all"


@dataclass(frozen=True)
class Groups:
    """Groups of two or more images that are the same, or nearly so.

    Attributes
    ----------
    members : list of list of int
        Indices of the images of each group, in the order of first occurrence.
    n_groups, n_images : int
        Number of groups, and of images in them.
    conflicting : int
        Groups whose images carry different labels.
    across_splits : int or None
        Groups that lie in more than one split; None if the data set has no splits.
    twins_in_training : dict of str to int
        For each split but Training, the images that have a twin in Training.
    across_folds : int or None
        Groups that lie in more than one fold; None if no folds were given.
    """

    members: list
    n_groups: int
    n_images: int
    conflicting: int
    across_splits: int | None
    twins_in_training: dict
    across_folds: int | None


@dataclass(frozen=True)
class Audit:
    """Result of :func:`audit`; ``str()`` makes it a readable text.

    Attributes
    ----------
    name, digest : str
        Which data set, and the fingerprint of its content.
    n_images : int
        Number of images.
    sizes : dict of str to int
        Number of images of each size, such as ``"48x48"`` (width x height).
    counts : dict of str to dict of str to int
        Images of each class in each split; the one split of a data set without splits is ``"all"``.
    subjects : int or None
        Number of people; None if they are not known.
    subjects_per_class : dict of str to int, or None
        Number of people seen with each expression.
    blank : list of int
        Indices of images whose pixels have a standard deviation under 2.
    identical : Groups
        Byte-identical images.
    near : Groups or None
        Nearly identical images, byte-identical and mirrored ones among them; None if not asked for.
    correlation : float or None
        From which correlation on images are nearly identical.
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
    near: Groups | None
    correlation: float | None

    def as_dict(self):
        """Give everything as dicts, lists, strings and numbers, ready for JSON.

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
            f"Blank images (standard deviation under {_BLANK_STD:g}): {len(self.blank)}",
            _paragraph("Byte-identical images", self.identical),
        ]
        if self.near:
            title = (
                f"Nearly identical images (correlation from {self.correlation:g} on, mirrored too)"
            )
            parts.append(_paragraph(title, self.near))
        return "\n\n".join(parts)


def audit(bunch, *, folds=None, near=0.99):
    """Look for what makes scores on a data set doubtful.

    Parameters
    ----------
    bunch : Bunch
        A data set, as the loaders give it.
    folds : array-like of shape (n,), optional
        The fold of each image, to count groups that lie in more than one.
    near : float or None, default=0.99
        Images whose pixels, or those of the mirror image, correlate from here on are nearly
        identical; None leaves this out, which is the slow part for large data sets.

    Returns
    -------
    audit : Audit
        Counts, blank images, groups of identical and of nearly identical images.

    Raises
    ------
    ValueError
        If ``folds`` is not of the length of the data set, or ``near`` not in ``[0.9, 1]``.

    Examples
    --------
    >>> from fer_classic.datasets import audit, load_drawn_faces
    >>> audit(load_drawn_faces(n_subjects=2), near=None).identical.conflicting
    0
    """
    # Under this bound every face resembles every other, and the pairs would fill the memory.
    if near is not None and not (isinstance(near, Real) and _LEAST_NEAR <= near <= 1):
        raise ValueError(
            f"near must be a correlation from {_LEAST_NEAR} to 1, or None, got {near!r}."
        )
    if folds is not None and len(folds) != len(bunch.target):
        raise ValueError(
            f"folds must name a fold for each of the {len(bunch.target):,} images, "
            f"got {len(folds):,}."
        )
    blank = np.array([image.std() < _BLANK_STD for image in bunch.images])
    near_ids = None if near is None else near_groups(bunch.images, correlation=near, exclude=blank)
    sizes, size_counts = np.unique(
        [f"{image.shape[1]}x{image.shape[0]}" for image in bunch.images], return_counts=True
    )
    return Audit(
        name=bunch.name,
        digest=digest(bunch),
        n_images=len(bunch.target),
        sizes=dict(zip(sizes.tolist(), size_counts.tolist(), strict=True)),
        counts=_count(bunch),
        subjects=None if bunch.subjects is None else len(np.unique(bunch.subjects)),
        subjects_per_class=_count_subjects(bunch),
        blank=np.flatnonzero(blank).tolist(),
        identical=_group(bunch.duplicates, bunch, folds),
        near=None if near_ids is None else _group(near_ids, bunch, folds),
        correlation=near,
    )


def _classes(bunch):
    return [(code, bunch.target_names[code]) for code in np.unique(bunch.target)]


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


def _group(ids, bunch, folds):
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
        members=[group.tolist() for group in members],
        n_groups=len(members),
        n_images=sum(map(len, members)),
        conflicting=straddling(bunch.target),
        across_splits=straddling(bunch.split),
        twins_in_training=_twins(members, bunch.split),
        across_folds=straddling(folds),
    )


def _twins(members, split):
    if split is None or _TRAINING not in split:
        return {}
    twins = {name: 0 for name in _names_of(split) if name != _TRAINING}
    for group in members:
        splits = split[group].tolist()
        if _TRAINING in splits:
            for name in splits:
                if name != _TRAINING:
                    twins[name] += 1
    return twins


def _table(counts, subjects_per_class):
    columns = dict(counts)
    names = list(next(iter(counts.values())))
    if len(counts) > 1:
        columns["total"] = {name: sum(count[name] for count in counts.values()) for name in names}
    totals = {head: sum(column.values()) for head, column in columns.items()}
    if subjects_per_class:
        # People are seen with several expressions, so their numbers do not add up.
        columns["subjects"] = subjects_per_class
    width = max(10, *map(len, columns)) + 2

    def line(first, cells):
        return f"{first:<10}" + "".join(f"{cell:>{width},}" for cell in cells)

    head = f"{'class':<10}" + "".join(f"{head:>{width}}" for head in columns)
    rows = [line(name, [column[name] for column in columns.values()]) for name in names]
    return "\n".join([head, *rows, line("total", totals.values())])


def _paragraph(title, groups):
    facts = [("groups", groups.n_groups), ("images in them", groups.n_images)]
    facts.append(("groups with conflicting labels", groups.conflicting))
    if groups.across_splits is not None:
        facts.append(("groups in more than one split", groups.across_splits))
    facts += [
        (f"{split} images with a twin in {_TRAINING}", count)
        for split, count in groups.twins_in_training.items()
    ]
    if groups.across_folds is not None:
        facts.append(("groups in more than one fold", groups.across_folds))
    return "\n".join([title, *(f"  {name:<44}{count:>10,}" for name, count in facts)])
