"""The server: its socket and its main loop."""

import errno
import ipaddress
import logging
import os
import socket
import tempfile

import uvicorn

from fer_classic.app._connection import Connection
from fer_classic.app._limits import MEGABYTE
from fer_classic.exceptions import ServerError

__all__ = [
    "address_of",
    "check_temporary_folder",
    "check_token",
    "is_loopback",
    "make_config",
    "open_socket",
    "serve",
]

# Seconds for pending requests when the server shuts down.
_SHUTDOWN_TIMEOUT = 1
_CONNECTIONS = 500
# Bytes of a frame of a camera, and messages that wait: each camera occupies them in memory.
_MAX_MESSAGE_BYTES = 4 * MEGABYTE
_MAX_MESSAGES = 2
_MIN_TOKEN_LENGTH = 16


def open_socket(host: str, port: int) -> socket.socket:
    """Open the socket, before models are loaded; connections wait until the server starts.

    Parameters
    ----------
    host : str
        Name or address of one of this machine's network interfaces, such as "127.0.0.1"; "0.0.0.0"
        for all.
    port : int
        Number of the port; 0 takes a free one.

    Returns
    -------
    listener : socket.socket

    Raises
    ------
    ServerError
        If the host is not known or not this machine's, or the port is in use or not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, OverflowError) as error:
        raise ServerError(f"host {host!r} is not known; give a name or an address.") from error
    # A name such as localhost may stand for both; more programs try the older one.
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # At once: of two starts at the same time, the second shall fail here.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ServerError(_reason(error, host, port)) from error
    return listener


def _reason(error, host, port):
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use; stop the program that uses it, or choose another "
            "one with --port (0 selects a free one)."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all."
    if error.errno == errno.EACCES:
        return f"this user may not open port {port}; choose one from 1024 on with --port."
    return f"cannot listen on port {port} of {host}: {error.strerror}."


def address_of(listener: socket.socket) -> str:
    """Return the address of a server.

    Parameters
    ----------
    listener : socket.socket

    Returns
    -------
    address : str
        Such as ``http://127.0.0.1:8000``.
    """
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Check whether a server can be reached from this machine only.

    Parameters
    ----------
    listener : socket.socket

    Returns
    -------
    loopback : bool
    """
    return ipaddress.ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def check_token(token: str | None, listener: socket.socket) -> None:
    """Check the token; a server that other machines can reach must have one.

    Parameters
    ----------
    token : str or None
    listener : socket.socket

    Raises
    ------
    ValueError
        If the token is missing, short, or could not be sent in a header.
    """
    if token is None:
        if not is_loopback(listener):
            raise ValueError(
                f"{address_of(listener)} can be reached by other machines, so that a token is "
                "needed; set the environment variable FER_CLASSIC_TOKEN, for instance to the "
                'output of: python -c "import secrets; print(secrets.token_urlsafe())"'
            )
        return
    is_plain = token.isascii() and token.isprintable() and " " not in token
    if len(token) < _MIN_TOKEN_LENGTH or not is_plain:
        raise ValueError(
            f"the token must have {_MIN_TOKEN_LENGTH} or more ASCII characters and no spaces."
        )


def check_temporary_folder() -> None:
    """Check that there is a folder for temporary files, which videos need.

    Raises
    ------
    ServerError
        If none is writable.
    """
    try:
        tempfile.gettempdir()
    except OSError as error:
        raise ServerError(
            "no folder for temporary files is writable; name one with the environment variable "
            "TMPDIR (in a read-only container: docker run --tmpfs /tmp)."
        ) from error


def serve(app, listener: socket.socket) -> None:
    """Serve an application until Ctrl-C or SIGTERM.

    Pending requests get a second to complete.

    Parameters
    ----------
    app : ASGI application
        As :func:`create_app` makes it.
    listener : socket.socket
        As :func:`open_socket` makes it; it is closed at the end.

    Raises
    ------
    KeyboardInterrupt
        At the end; with the signal as its argument, within
        :func:`~fer_classic.live._run.ending_on_sigterm`.
    """
    # It would log every malformed form, which is answered.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(_is_reported)
    with listener:
        uvicorn.Server(make_config(app)).run([listener])


def make_config(app) -> uvicorn.Config:
    """Configure the server of an application.

    Parameters
    ----------
    app : ASGI application

    Returns
    -------
    config : uvicorn.Config
    """
    return uvicorn.Config(
        app,
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        # Clients must not be able to disguise their address with a header.
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_SHUTDOWN_TIMEOUT,
        # Frames are JPEG, which another compression makes no smaller.
        ws_per_message_deflate=False,
        ws_max_size=_MAX_MESSAGE_BYTES,
        ws_max_queue=_MAX_MESSAGES,
        lifespan="on",
    )


# Of uvicorn. Cancelled requests are answered and counted; of the others, anybody could send so many
# that they fill the log.
_NOT_REPORTED = (
    "Cancel %s running task",
    "Invalid HTTP request",
    "Invalid UTF-8 sequence",
    "Unsupported upgrade request",
)


def _is_reported(record):
    return not str(record.msg).startswith(_NOT_REPORTED)
