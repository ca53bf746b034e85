"""``fer-classic info``: show versions, recipes, models and data sets, or describe a model."""

from pathlib import Path

from fer_classic.cli._arguments import INCLUDED, UsageError, add_trust_argument, open_model

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "info",
        help="show versions, recipes, models and data sets, or describe a model",
        description="Show versions, recipes, the included models and the data sets found, or "
        "describe a model (--model).",
    )
    parser.add_argument(
        "--model",
        metavar="FILE|NAME",
        help=f"model to describe: a file, or an included one: {', '.join(INCLUDED)}",
    )
    add_trust_argument(parser)
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        help="folder of the data sets (default: $FER_CLASSIC_DATA, then ./data)",
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    if args.model:
        if args.data_dir is not None:
            raise UsageError("--data-dir is of the list of data sets; omit it with --model.")
        print("\n".join(_card_lines(open_model(args).card)))
        return 0
    from fer_classic.utils import show_versions

    show_versions()
    print("recipes")
    for line in _recipe_lines():
        print(f"  {line}")
    print("included models")
    for line in _model_lines():
        print(f"  {line}")
    print("data sets")
    for line in _dataset_lines(args.data_dir):
        print(f"  {line}")
    return 0


def _recipe_lines():
    from fer_classic.recipes import describe_recipe, list_recipes

    width = max(map(len, list_recipes())) + 2
    return [f"{name:{width}}{describe_recipe(name)}" for name in list_recipes()]


def _model_lines():
    from fer_classic.persistence import BUNDLED, bundled_path

    return [f"{name:14}{bundled_path(name)}" for name in BUNDLED]


def _dataset_lines(data_dir):
    from fer_classic.datasets import DATASETS, find_dataset

    for name in DATASETS:
        if name == "drawn":
            yield f"{name:14}included in the library"
        elif name == "folder":
            yield f"{name:14}any folder of class folders: --images DIR"
        else:
            path = find_dataset(name, data_dir)
            yield f"{name:14}{path or 'not found'}"


def _card_lines(card):
    """Format a card, one line per field, with dictionaries indented below their name."""
    from fer_classic.utils._names import printable

    width = max(map(len, card)) + 2
    for name, value in card.items():
        if isinstance(value, dict) and value:
            yield printable(name)
            yield from (f"  {line}" for line in _card_lines(value))
        elif value not in (None, {}, []):
            text = ", ".join(map(str, value)) if isinstance(value, list) else value
            # A file of somebody else may hold anything.
            yield f"{printable(name):{width}}{printable(text)}"
