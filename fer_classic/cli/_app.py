"""``fer-classic app``: a page in the browser for photos, videos and the camera."""

import sys
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from fer_classic.cli._live import add_recognizer_arguments
from fer_classic.cli._serve import add_server_arguments, run_server
from fer_classic.exceptions import ServerError

__all__ = ["PORT", "add_parser", "run"]

PORT = 8642
"""The port that is taken if none is named; a free one if it is in use."""

_PREFIX = "fer-classic-open-"


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
    with ExitStack() as stack:
        greet = partial(_greet, opens=not args.no_browser, stack=stack)
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


def _greet(address, token, *, opens, stack):
    """Print the address of the page, and open it in the browser."""
    import tempfile

    from fer_classic.utils._leftovers import remove_leftovers

    # Whatever happens next, what a killed run has left holds a token.
    remove_leftovers(tempfile.gettempdir(), _PREFIX)
    # Browsers allow the camera to pages of this machine's own name, which 0.0.0.0 is not.
    address = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    if token is not None:
        address = f"{address}/?token={quote(token, safe='')}"
    print(f"fer-classic: the page is at {address}; Ctrl-C ends it", file=sys.stderr, flush=True)
    if not opens:
        return
    if token is not None:
        try:
            address = stack.enter_context(_file_that_leads_to(address))
        except OSError as error:
            print(
                f"the browser was not opened: no private file can be written ({error.strerror}); "
                "open the address by hand",
                file=sys.stderr,
            )
            return
    # Some browsers run in the terminal until they are closed.
    threading.Thread(target=_open, args=(address,), daemon=True).start()


@contextmanager
def _file_that_leads_to(address):
    """Write a file that leads a browser to an address with a token, and give its own address.

    Other users of the machine see the arguments of the browser, and this file they cannot read. It
    is removed after the block; that of a killed process, by the next one.
    """
    import html
    import tempfile

    from fer_classic.utils._leftovers import claimed, claimed_prefix

    with (
        tempfile.TemporaryDirectory(
            prefix=claimed_prefix(_PREFIX), ignore_cleanup_errors=True
        ) as folder,
        claimed(folder),
    ):
        page = Path(folder) / "open.html"
        page.touch(mode=0o600)
        goal = html.escape(address)
        page.write_text(
            f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={goal}">'
            f'<title>fer-classic</title><a href="{goal}">fer-classic</a>\n'
        )
        yield page.as_uri()


def _open(address):
    import webbrowser

    if not webbrowser.open(address):
        print("no browser was found; open the address by hand", file=sys.stderr)
