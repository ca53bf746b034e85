"""``fer-classic convert``: convert a pickle or an older model file to a model file."""

from pathlib import Path

from fer_classic.cli._arguments import (
    add_overwrite_argument,
    add_trust_argument,
    check_model_output,
)

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "convert",
        help="convert a pickle or an older model file to a model file",
        description="Load a model written by joblib, skops or an earlier version, and save it as a "
        "model file that others can load without trusting it.",
    )
    parser.add_argument("model", metavar="FILE", type=Path, help="file to load")
    parser.add_argument(
        "-o", "--output", metavar="NEW", type=Path, required=True, help="model file to write"
    )
    add_trust_argument(parser)
    add_overwrite_argument(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.persistence import load_model, save_model

    check_model_output(args)
    model, card = load_model(args.model, trust=args.trust)
    save_model(model, args.output, card=card)
    print(f"saved to {args.output}")
    return 0
