"""Which images an epoch sees in which order, and which are kept for validation."""

import numpy as np

from fer_classic.utils._splits import check_split

__all__ = ["epoch_order", "split_batches", "validation_part"]

# A part for validation that has less than this share of its size is too small. Groups of a few
# images reach more.
_ENOUGH = 0.6


def validation_part(codes, groups, fraction, rng):
    """Choose whole groups at random, about the same share of each class.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Classes, 0 to the number of classes less one.
    groups : ndarray of shape (n,), int
        Groups, 0 to the number of groups less one.
    fraction : float
        The share, above 0 and below 1.
    rng : numpy.random.Generator

    Returns
    -------
    part : ndarray of shape (n,), bool
        True for what is chosen. Of each class at least one image is not; a class with few groups
        may have none that is. With large groups the size can only be near to what is asked for.

    Raises
    ------
    ValueError
        If no group can be spared.
    """
    table = np.zeros((groups.max() + 1, codes.max() + 1), dtype=np.int64)
    np.add.at(table, (groups, codes), 1)
    totals = table.sum(axis=0)
    max_counts = np.minimum(np.maximum(np.rint(fraction * totals), 1), totals - 1)
    chosen, taken = [], np.zeros_like(totals)
    order = rng.permutation(len(table))
    for group in order:
        counts = table[group]
        if ((taken + counts <= max_counts) | (counts == 0)).all():
            chosen.append(group)
            taken += counts
    if not chosen:
        # All groups are larger than the part should be; the smallest is nearest to it.
        spare = np.flatnonzero((table < totals).all(axis=1, where=table > 0))
        if not len(spare):
            raise ValueError(
                f"no part for validation can be taken from {len(table)} groups without losing a "
                "class; give more data, or set validation_fraction=None to fit without one."
            )
        chosen = [spare[table[spare].sum(axis=1).argmin()]]
    part = np.isin(groups, _fill_up(chosen, table, order, fraction * len(codes)))
    check_split(np.flatnonzero(~part), np.flatnonzero(part), groups, what="the validation part")
    return part


def _fill_up(chosen, table, order, wanted):
    """Add groups while far too few images are chosen.

    A single small group may fit where all others are too large.
    """
    totals, chosen = table.sum(axis=0), list(chosen)
    while table[chosen].sum() < _ENOUGH * wanted:
        taken = table[chosen].sum(axis=0)
        others = order[~np.isin(order, chosen)]
        kept = (taken + table[others] < totals) | (table[others] == 0)
        spare = others[kept.all(axis=1)]
        # By the ratio: half the size is as bad as twice the size, and a single image is worse.
        sizes = taken.sum() + np.append(0, table[spare].sum(axis=1))
        nearest = np.abs(np.log(sizes / wanted)).argmin()
        if nearest == 0:
            break
        chosen.append(spare[nearest - 1])
    return chosen


def epoch_order(codes, rng, *, oversample=False):
    """Put the images of an epoch into random order.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Classes.
    rng : numpy.random.Generator
    oversample : bool, default=False
        Repeat the images of each class until it is as large as the largest.

    Returns
    -------
    order : ndarray of int
        Positions; each is there at least once.
    """
    if not oversample:
        return rng.permutation(len(codes))
    members = [np.flatnonzero(codes == code) for code in np.unique(codes)]
    largest = max(map(len, members))
    repeated = []
    for positions in members:
        whole, rest = divmod(largest, len(positions))
        repeated += [positions] * whole + [rng.permutation(positions)[:rest]]
    return rng.permutation(np.concatenate(repeated))


def split_batches(order, batch_size):
    """Cut an order into batches of nearly one size, at most ``batch_size`` where that can be.

    Batch normalisation needs two images, so that a last image alone joins another batch.
    """
    n_batches = min(-(-len(order) // batch_size), len(order) // 2)
    return np.array_split(order, max(n_batches, 1))
