"""``fer-classic train``: fit a recipe and save it with its card."""

import time
from pathlib import Path

from fer_classic.cli._arguments import (
    UsageError,
    add_data_arguments,
    add_overwrite_argument,
    add_setting_argument,
    check_model_output,
    load_bunch,
    read_settings,
    seed,
    select,
)
from fer_classic.cli._checkpoints import add_resume_argument, keeping_epochs
from fer_classic.cli._faces import naming_photos_without_face
from fer_classic.cli._history import history_paths, write_history

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "train",
        help="fit a recipe and save the model",
        description="Fit a recipe on a data set and save the model with its card. For recipes "
        "trained in epochs, losses and accuracies are saved next to it, as a table and a figure.",
    )
    add_data_arguments(parser)
    parser.add_argument(
        "--split",
        metavar="NAME",
        help='official part to fit on, or "all" (default: Training, if there are parts)',
    )
    parser.add_argument(
        "--recipe", metavar="NAME", required=True, help="recipe; fer-classic info lists them"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="model file to write, ending in .joblib or .skops",
    )
    add_setting_argument(parser)
    parser.add_argument(
        "--seed", metavar="N", type=seed, help="random_state of every step that has one"
    )
    parser.add_argument(
        "--start-from",
        metavar="MODEL",
        help="begin the training of a network with the weights of another model: a bundled name "
        "(cnn) or a model file",
    )
    add_resume_argument(parser)
    add_overwrite_argument(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.evaluation import fit_with_groups
    from fer_classic.persistence import make_card, save_model
    from fer_classic.utils._files import check_outputs
    from fer_classic.utils._progress import Progress

    # Before the data are read and the model is fitted.
    check_model_output(args)
    check_outputs(*history_paths(args.output), overwrite=args.overwrite)
    model = _make_model(args)
    with keeping_epochs(model, args) as fitting:
        data = select(load_bunch(args), args.split, training=True)
        print(f"fitting {args.recipe} on {len(data.names):,} images of {data}", flush=True)
        start = time.perf_counter()
        with (
            naming_photos_without_face(model, data, recipe=True),
            fitting,
            Progress(f"fitting {args.recipe} on {len(data.names):,} images"),
        ):
            fit_with_groups(model, data.images, data.names, data.units)
        seconds = time.perf_counter() - start
        card = make_card(
            model,
            recipe=args.recipe,
            dataset=data.origin,
            n_images=len(data.names),
            seconds=round(seconds, 3),
        )
        save_model(model, args.output, card=card)
    print(f"fitted in {seconds:.1f} s, saved to {args.output}")
    write_history(model, args.output)
    return 0


def _make_model(args):
    from fer_classic.recipes import make_recipe

    model = make_recipe(args.recipe, **read_settings(args))
    if args.seed is not None:
        seeds = [name for name in model.get_params() if name.endswith("random_state")]
        model.set_params(**dict.fromkeys(seeds, args.seed))
    if args.start_from is not None:
        _take_weights(model, args)
    return model


def _take_weights(model, args):
    """Let the network of a model begin with the weights of another one."""
    from fer_classic.persistence import open_model

    network = _network(model)
    # A wrapper, such as test-time augmentation, fits a copy without the weights.
    if network is None or network is not model[-1]:
        raise UsageError(f"--start-from: the recipe {args.recipe} does not end in a network.")
    source = _network(open_model(args.start_from).model)
    if source is None:
        raise UsageError(f"--start-from: the model {args.start_from} has no network.")
    if source.network != network.network:
        raise UsageError(
            f"--start-from: the recipe {args.recipe} trains the network {network.network!r}, and "
            f"{args.start_from} holds {source.network!r}."
        )
    network.set_params(warm_start=True)
    network.state_, network.classes_ = source.state_, source.classes_


def _network(model):
    """Find the network in a model, or return None."""
    from fer_classic.neural import CNNClassifier
    from fer_classic.utils._parts import model_parts

    networks = (part for part in model_parts(model) if isinstance(part, CNNClassifier))
    return next(networks, None)
