"""``fer-classic export``: write a model to an ONNX file."""

from pathlib import Path

from fer_classic.cli._arguments import (
    UsageError,
    add_model_arguments,
    add_overwrite_argument,
    open_model,
)

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "export",
        help="write a model to an ONNX file, for programs without this library",
        description="Write a model to an ONNX file and its card to a .json file of the same name: "
        "inputs, value range, crop of the face, and the order of expressions in the output. "
        "Descriptors that have no form in ONNX (LBP, Gabor, HOG) are not part of the exported "
        "model; the card lists them.",
        epilog="The exported model is run by onnxruntime on a few images and compared with the "
        "original; nothing is written if the scores differ. Requires fer-classic[onnx].",
    )
    add_model_arguments(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, required=True, help=".onnx file to write"
    )
    add_overwrite_argument(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.exceptions import ExportError
    from fer_classic.export import export_onnx
    from fer_classic.export._export import card_path
    from fer_classic.utils._files import check_outputs

    # Checked before a model is loaded.
    try:
        check_outputs(args.output, card_path(args.output), overwrite=args.overwrite)
    except ExportError as error:
        raise UsageError(f"--output: {error}") from error
    model, card = open_model(args)
    exported = export_onnx(model, args.output, card=card, overwrite=args.overwrite)
    print("\n".join(_lines(exported.card)))
    print(f"saved to {exported.path}, card to {exported.card_path}")
    return 0


def _lines(card):
    """Describe an exported model in a few lines."""
    for each in card["inputs"]:
        source = " < ".join(made["step"] for made in reversed(each.get("made_by", [])))
        made_by = f", made by {source}" if source else ""
        yield f"input       {each['name']}: {each['dtype']} {_shape(each['shape'])}{made_by}"
    output, check = card["output"], card["check"]
    yield f"output      {output['name']}: {output['dtype']} {_shape(output['shape'])}"
    yield f"expressions {', '.join(card['expressions'])}"
    yield (
        f"check       scores of {check['n_probes']} probes differ by at most "
        f"{check['largest_difference']:.1e} (allowed: {check['tolerance']:g})"
    )


def _shape(sides):
    return "x".join(map(str, sides))
