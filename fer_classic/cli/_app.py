"""``fer-classic app``: a page in the browser for photos, videos and the camera."""

import sys
import threading
from functools import partial
from pathlib import Path
from urllib.parse import quote

from fer_classic.cli._live import add_recognizer_arguments
from fer_classic.cli._serve import add_server_arguments, run_server
from fer_classic.exceptions import ServerError

__all__ = ["PORT", "add_parser", "run"]

PORT = 8642
"""The port that is taken if none is named; a free one if it is in use."""


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "app",
        help="open a page for photos, videos and the camera in the browser",
        description="Serve a page to the browser on this machine: photos, folders, videos and the "
        "camera, with every face, its expression and all scores. Ctrl-C ends it. The included "
        "models can be selected on the page; --model adds one and selects it.",
        epilog="Pictures and videos go to this program and nowhere else. Uploads are kept in a "
        "temporary folder and deleted when the page is closed, after an hour at the latest. "
        "The page shows the apparent expression of a face, not what a person feels. Inferring "
        "emotions of people at work or in education is prohibited in the European Union (AI Act, "
        "Article 5(1)(f)).",
    )
    add_recognizer_arguments(parser, several_models=True)
    server = add_server_arguments(parser, port=PORT)
    server.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.set_defaults(run=run, port=None)


def run(args):
    """Run the command."""
    from fer_classic.persistence import BUNDLED

    given = args.models or []
    # A file is called by its stem, and may take the name of an included model.
    taken = {Path(model).stem for model in given}
    args.models = [*given, *(name for name in BUNDLED if name not in taken)]
    greet = partial(_greet, opens=not args.no_browser)
    return run_server(args, page=True, greet=greet, listen=_listen)


def _listen(host, port):
    """Take a port; where none was named, the usual one, or a free one if that is in use."""
    from fer_classic.app._server import address_of, open_socket

    if port is not None:
        return open_socket(host, port)
    try:
        return open_socket(host, PORT)
    except ServerError:
        listener = open_socket(host, 0)
        print(
            f"port {PORT} is in use, perhaps by another fer-classic app; this one is at "
            f"{address_of(listener)}",
            file=sys.stderr,
        )
        return listener


def _greet(address, token, *, opens):
    """Print the address of the page, and open it in the browser."""
    # Browsers allow the camera to pages of this machine's own name, which 0.0.0.0 is not.
    address = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    if token is not None:
        address = f"{address}/?token={quote(token, safe='')}"
    print(f"fer-classic: the page is at {address}; Ctrl-C ends it", file=sys.stderr, flush=True)
    if opens:
        # Some browsers run in the terminal until they are closed.
        threading.Thread(target=_open, args=(address,), daemon=True).start()


def _open(address):
    import webbrowser

    if not webbrowser.open(address):
        print("no browser was found; open the address by hand", file=sys.stderr)
