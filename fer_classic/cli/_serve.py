"""``fer-classic serve``: recognition as a web service."""

import argparse
import os
import sys

from fer_classic.cli._arguments import UsageError
from fer_classic.cli._live import add_recognizer_arguments, recognizer_settings
from fer_classic.cli._stop import if_stopped
from fer_classic.exceptions import FerClassicError

__all__ = ["add_parser", "add_server_arguments", "make_limits", "open_models", "run", "run_server"]

_VARIABLE = "FER_CLASSIC_TOKEN"
# Requests a minute of a client that is not on this machine.
_RATE = 600


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "serve",
        help="recognise expressions as a web service",
        description="Answer requests over HTTP: POST a photo to /v1/recognize, for instance with "
        "curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' "
        "http://127.0.0.1:8000/v1/recognize. The API is described at /openapi.json. Ctrl-C stops "
        "the service.",
        epilog="Photos are kept in memory only, until the answer is sent. Videos and their results "
        "are kept in a temporary folder until they are deleted, for an hour at most. Shows the "
        "apparent expression of a face, not what a person feels. Inferring emotions of people at "
        "work or in education is prohibited in the European Union (AI Act, Article 5(1)(f)).",
    )
    add_recognizer_arguments(parser, several_models=True)
    add_server_arguments(parser)
    parser.set_defaults(run=run)


def add_server_arguments(parser, *, port=8000):
    """Add the arguments of the server, and return their group."""
    group = parser.add_argument_group("server")
    group.add_argument(
        "--host",
        metavar="HOST",
        default="127.0.0.1",
        help="address to listen on; one that other machines can reach requires a token "
        "(default: 127.0.0.1, this machine alone)",
    )
    group.add_argument(
        "--port",
        metavar="N",
        type=_port,
        default=port,
        help=f"port to listen on; 0 selects a free one (default: {port})",
    )
    group.add_argument(
        "--token",
        metavar="TOKEN",
        help="token that requests must carry, as Authorization: Bearer TOKEN; better set by the "
        f"environment variable {_VARIABLE}, since other users can see arguments",
    )
    group.add_argument(
        "--max-body",
        metavar="MB",
        type=_above_0(float),
        default=32,
        help="largest request with photos, in megabytes (default: 32)",
    )
    group.add_argument(
        "--max-video",
        metavar="MB",
        type=_above_0(float),
        default=500,
        help="largest video, in megabytes (default: 500)",
    )
    group.add_argument(
        "--rate",
        metavar="N",
        type=_above_0(int, or_0=True),
        help=f"requests per minute and client, 0 for no limit (default: {_RATE}, or no limit if "
        "only this machine can reach the service)",
    )
    group.add_argument(
        "--parallel",
        metavar="N",
        type=_above_0(int),
        help="requests that are processed at the same time (default: one per processor, at most 4)",
    )
    group.add_argument(
        "--queue",
        metavar="N",
        type=_above_0(int, or_0=True),
        default=16,
        help="requests that may wait; further ones are rejected with 503 (default: 16)",
    )
    return group


def run(args):
    """Run the command."""
    return run_server(args)


def run_server(args, *, page=False, greet=None, listen=None):
    """Serve until Ctrl-C.

    Parameters
    ----------
    args : argparse.Namespace
        The arguments of :func:`add_server_arguments` and of recognizers.
    page : bool, default=False
        Whether to serve the page too.
    greet : callable, optional
        ``greet(address, token)`` announces the server; by default a line on standard error.
    listen : callable, optional
        ``listen(host, port)`` opens the socket; by default
        :func:`~fer_classic.app._server.open_socket`.
    """
    # The extra is asked for before a port is taken.
    from fer_classic.app import create_app
    from fer_classic.app._server import (
        address_of,
        check_temporary_folder,
        check_token,
        open_socket,
        serve,
    )
    from fer_classic.live._run import ending_on_sigterm

    token = args.token if args.token is not None else os.environ.get(_VARIABLE) or None
    with ending_on_sigterm(), (listen or open_socket)(args.host, args.port) as listener:
        try:
            check_token(token, listener)
            check_temporary_folder()
            limits = make_limits(args, listener)
            models = open_models(args)
        except FerClassicError:
            raise
        except ValueError as error:
            raise UsageError(str(error)) from error
        app = create_app(models, limits=limits, token=token, page=page)
        (greet or _greet)(address_of(listener), token)
        with if_stopped(lambda: _left(app.state.metrics.n_cancelled)):
            serve(app, listener)
    return 0


def _left(n_requests):
    return f"requests that were not answered: {n_requests}" if n_requests else None


def make_limits(args, listener):
    """Give the limits that the arguments describe."""
    from fer_classic.app import Limits
    from fer_classic.app._server import is_loopback

    rate = args.rate
    if rate is None:
        rate = 0 if is_loopback(listener) else _RATE
    given = {} if args.parallel is None else {"parallel": args.parallel}
    sizes = {"body": round(1e6 * args.max_body), "video": round(1e6 * args.max_video)}
    return Limits(rate=rate, queue=args.queue, **sizes, **given)


def open_models(args):
    """Load the models that the arguments name."""
    from fer_classic.app import ModelRegistry

    settings = recognizer_settings(args)
    models = ModelRegistry.load(args.models or ["cnn"], trust=args.trust, **settings)
    models.try_out()
    return models


def _greet(address, token):
    print(f"fer-classic: serving at {address}; Ctrl-C stops it", file=sys.stderr, flush=True)


def _port(text):
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, got {text!r}")
    return int(text)


def _above_0(kind, *, or_0=False):
    def convert(text):
        try:
            value = kind(text)
        except ValueError:
            value = -1
        if not (value > 0 or (or_0 and value == 0)) or value > 1e15:
            allowed = "0 or more" if or_0 else "above 0"
            raise argparse.ArgumentTypeError(f"must be a number {allowed}, got {text!r}")
        return value

    return convert
