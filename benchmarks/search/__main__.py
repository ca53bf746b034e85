"""Choose parameters on folds of the training part: ``python -m benchmarks.search svm_lbp``.

A shorter way to say ``python -m benchmarks.run --recipes svm_lbp --protocol development``, with a
grid of the recipe's own where no ``--grid`` is given. Each candidate is the recipe with some
parameters changed; the first is the recipe as it is. All are fitted and scored on the same folds of
a part of the data set; the test parts of its official split are never used. The table compares each
candidate with the recipe as it is, image by image.
"""

import sys
from argparse import Namespace

from benchmarks import run
from benchmarks._cli import add_data_arguments, make_parser
from benchmarks.experiments import DEVELOPMENT
from fer_classic.exceptions import UnknownNameError
from fer_classic.recipes import recipe_grid

__all__ = ["main"]

_FOLDS = 3


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.search", __doc__)
    parser.add_argument("recipe", metavar="RECIPE", help="recipe whose parameters are tried")
    add_data_arguments(parser, dataset="fer2013")
    run.add_common_arguments(parser, n_folds=_FOLDS)
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
    given = build_parser().parse_args(argv)
    # The other arguments are those of a run.
    args = Namespace(**vars(run.build_parser().parse_args([])) | vars(given))
    args.protocol, args.recipes = [DEVELOPMENT], [args.recipe]
    if args.grid is None:
        try:
            args.grid = list(recipe_grid(args.recipe).items())
        except UnknownNameError as error:
            print(f"benchmarks.search: {error}", file=sys.stderr)
            return 2
    return run.execute(args, program="benchmarks.search", **outside)


if __name__ == "__main__":
    sys.exit(main())
