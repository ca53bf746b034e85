"""``fer-classic app``: a page in the browser for photos, videos and the camera."""

import os
import sys
import threading
import webbrowser

from fer_classic.cli._arguments import add_model_arguments

__all__ = ["PORT", "add_parser", "run"]

PORT = 8642
"""The port that is taken if none is named; another one if it is in use."""


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "app",
        help="open a page for photos, videos and the camera in the browser",
        description="Serve a page to the browser on this machine: photos, folders, videos and the "
        "camera, with every face, its expression and all scores. Ctrl-C ends it.",
        epilog="Pictures and videos go to this program and nowhere else. What was uploaded lies in "
        "a temporary folder, and is deleted when the page is closed, after an hour at the latest. "
        "The page shows the apparent expression of a face, not what a person feels. Inferring "
        "emotions of people at work or in education is prohibited in the European Union (AI Act, "
        "Article 5(1)(f)).",
    )
    add_model_arguments(parser)
    group = parser.add_argument_group("address")
    group.add_argument(
        "--port",
        metavar="N",
        type=int,
        help=f"port of the page, 0 for a free one (default: {PORT}, or a free one if it is in use)",
    )
    group.add_argument(
        "--host",
        metavar="HOST",
        default="127.0.0.1",
        help="address at which to listen (default: 127.0.0.1, which only this machine can reach); "
        "any other one needs a token in the environment variable FER_CLASSIC_TOKEN",
    )
    group.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.app import ModelRegistry, create_app
    from fer_classic.app._server import address_of, check_token, serve
    from fer_classic.live._run import ending_on_sigterm
    from fer_classic.persistence import BUNDLED

    token = os.environ.get("FER_CLASSIC_TOKEN") or None
    with ending_on_sigterm(), _listen(args) as listener:
        check_token(token, listener)
        names = [args.model, *(name for name in BUNDLED if name != args.model)]
        models = ModelRegistry.load(names, trust=args.trust)
        app = create_app(models, token=token, page=True)
        # A browser that comes before the server begins is kept waiting by the system.
        _show(address_of(listener), token, to_open=not args.no_browser)
        serve(app, listener)
    return 0


def _listen(args):
    from fer_classic.app._server import address_of, open_socket
    from fer_classic.exceptions import ServerError

    try:
        return open_socket(args.host, PORT if args.port is None else args.port)
    except ServerError:
        if args.port is not None:
            raise
    listener = open_socket(args.host, 0)
    print(
        f"port {PORT} is in use, perhaps by another fer-classic app; this one takes "
        f"{address_of(listener)}",
        file=sys.stderr,
    )
    return listener


def _show(address, token, *, to_open):
    """Print the address, and open it in the browser."""
    print(f"the page is at {address} (Ctrl-C ends it)", flush=True)
    if token is not None:
        print("a browser is let in by its address with ?token=... once", flush=True)
        address = f"{address}/?token={token}"
    if to_open:
        # Some browsers run in the terminal until they are closed.
        threading.Thread(target=_open, args=(address,), daemon=True).start()


def _open(address):
    if not webbrowser.open(address):
        print("no browser was found; open the address by hand", file=sys.stderr)
