"""Choose parameters on folds of the training part: ``python -m benchmarks.search svm_lbp``.

A shorter way to say ``python -m benchmarks.run --recipes svm_lbp --protocol development``, with a
grid of the recipe's own. Each candidate is the recipe with some parameters changed; the first is
the recipe as it is. All are fitted and scored on the same folds of a part of the data set; the test
parts of its official split are never used. The table compares each candidate with the recipe as it
is, image by image.
"""

import sys

from benchmarks._cli import add_data_arguments, at_least, grid, make_parser, seed, setting
from benchmarks.experiments import DEVELOPMENT, Split
from benchmarks.run import execute
from fer_classic.exceptions import UnknownNameError
from fer_classic.recipes import recipe_grid

__all__ = ["main"]

_FOLDS = 3


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.search", __doc__)
    add = parser.add_argument
    add("recipe", metavar="RECIPE", help="recipe whose parameters are tried")
    add_data_arguments(parser, dataset="fer2013")
    n_items = Split.n_items
    add(
        "--n", type=at_least(1), metavar="N", help=f"images to work on ({n_items})", default=n_items
    )
    add("--folds", type=at_least(2), default=_FOLDS, metavar="K", help=f"({_FOLDS})")
    add("--seed", type=seed, default=0, metavar="S", help="of the draw and the folds (0)")
    add("--jobs", type=at_least(1), default=1, metavar="N", help="folds to work on at a time (1)")
    add("--dry-run", action="store_true", help="show what would run, and what is done")
    add("--force", action="store_true", help="run finished candidates again")
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="STEP__PARAM=VALUE",
        help="set a parameter of all candidates but the recipe as it is; may be repeated",
    )
    add(
        "--grid",
        "--try",
        type=grid,
        action="append",
        metavar="STEP__PARAM=[V, W]",
        help="values to try, in all combinations; may be repeated (default: the recipe's grid)",
    )
    # The other arguments of a run.
    parser.set_defaults(
        protocol=[DEVELOPMENT],
        train_on=None,
        train_dir=None,
        keep_models=False,
        features_memory=None,
        permute=None,
        scheduler=None,
        cluster=None,
    )
    return parser


def main(argv=None, **outside):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    **outside
        What :func:`benchmarks.run.execute` takes from outside.

    Returns
    -------
    code : int
        That of :func:`benchmarks.run.main`.
    """
    args = build_parser().parse_args(argv)
    args.recipes = [args.recipe]
    if args.grid is None:
        try:
            args.grid = list(recipe_grid(args.recipe).items())
        except UnknownNameError as error:
            print(f"benchmarks.search: {error}", file=sys.stderr)
            return 2
    return execute(args, program="benchmarks.search", **outside)


if __name__ == "__main__":
    sys.exit(main())
