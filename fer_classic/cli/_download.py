"""``fer-classic download``: fetch the model file of a detector once."""

import sys

from fer_classic.cli._arguments import UsageError

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "download",
        help="fetch the model file of a detector",
        description="Fetch the model file of a detector once, after asking, and check its SHA-256. "
        "The detector finds it from then on. Nothing else of this program fetches anything.",
        epilog="The file goes to the folder models in $FER_CLASSIC_CACHE, by default the "
        "user's cache folder.",
    )
    parser.add_argument("detector", metavar="DETECTOR", help="name of the detector: yunet")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--address", metavar="URL", help="fetch the same file from another address, of a mirror"
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.faces import download_model

    path = download_model(
        args.detector, address=args.address, allow=None if args.yes else _ask(args)
    )
    print(path)
    return 0


def _ask(args):
    def allow(file, path):
        if not (sys.stdin and sys.stdin.isatty()):
            raise UsageError(
                f"download {args.detector} asks before it fetches, and there is no terminal to "
                "answer on; --yes answers."
            )
        print(
            f"{file.name}, {file.bytes:,} bytes\n"
            f"from    {args.address or file.address}\n"
            f"to      {path}\n"
            f"licence {file.licence}",
            file=sys.stderr,
        )
        print("Fetch it? [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return allow
