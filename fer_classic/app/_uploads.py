"""What a run keeps for its pages, in one temporary folder: videos and pictures of people."""

import asyncio
import secrets
import shutil
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from fer_classic.utils._leftovers import claimed, claimed_prefix, remove_leftovers

__all__ = ["MAX_SECONDS", "Item", "Uploads", "expiring", "routes"]

MAX_SECONDS = 3600.0
"""Seconds for which an item is kept at most."""

_PREFIX = "fer-classic-app-"
# Seconds between searches for expired items; they expire that much before the hour.
_PERIOD = 10.0


class Item:
    """Something that is kept: a video and its job, or pictures of a person.

    Parameters
    ----------
    folder : pathlib.Path
        A folder of its own, in which its files lie.
    session : str
        The page that it belongs to; empty without one.
    until : float
        Time at which it expires.

    Attributes
    ----------
    id : str
        Its name in addresses. It cannot be guessed: who knows it may have the item.
    content : object
        What it is.
    closing : contextlib.ExitStack
        Callbacks for the time when the item is deleted, last one first; then its folder follows.
    """

    def __init__(self, folder, session, until):
        self.folder = folder
        self.session = session
        self.until = until
        self.id = secrets.token_urlsafe(16)
        self.content: Any = None
        self.closing = ExitStack()
        self.closing.callback(shutil.rmtree, folder, ignore_errors=True)


class Uploads:
    """The items of a run, in one temporary folder that is removed at its end.

    An item is deleted by :meth:`remove`, with the page that it belongs to, after an hour, and at
    the end of the run. What a killed run has left is removed when the next one begins.

    Parameters
    ----------
    parent : path-like, optional
        Where the temporary folder is made; by default where the system has such folders.
    clock : callable, default=time.monotonic
        Gives the time in seconds.
    """

    def __init__(self, *, parent=None, clock=time.monotonic):
        self.parent = Path(tempfile.gettempdir() if parent is None else parent)
        self.clock = clock
        self.folder = None
        self._items: dict[str, Item] = {}
        self._lock = threading.Lock()
        self._stack = ExitStack()

    def __enter__(self):
        remove_leftovers(self.parent, _PREFIX)
        with ExitStack() as stack:
            # Also removed at the end of the process, if the server is made to stop at once.
            folder = tempfile.TemporaryDirectory(
                prefix=claimed_prefix(_PREFIX), dir=self.parent, ignore_cleanup_errors=True
            )
            name = stack.enter_context(folder)
            stack.enter_context(claimed(name))
            stack.callback(self._delete, lambda item: True)
            self.folder = Path(name)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info):
        self._stack.close()

    def add(self, session=""):
        """Make an item without content.

        Parameters
        ----------
        session : str, default=""
            The page that it belongs to.

        Returns
        -------
        item : Item
            It has an empty folder.
        """
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        item = Item(folder, session, self.clock() + MAX_SECONDS - _PERIOD)
        with self._lock:
            self._items[item.id] = item
        return item

    def find(self, name, kind):
        """Give the content of an item, None if it has been deleted or never was.

        Parameters
        ----------
        name : str
            Its ``id``.
        kind : type
            What its content must be.

        Returns
        -------
        content : object or None
        """
        item = self._items.get(name)
        found = item is not None and item.until > self.clock() and isinstance(item.content, kind)
        return item.content if found else None

    def contents(self, kind):
        """Give all contents of a kind, as a list."""
        with self._lock:
            return [item.content for item in self._items.values() if isinstance(item.content, kind)]

    def remove(self, name):
        """Delete an item; returns when its files are gone.

        Parameters
        ----------
        name : str
            Its ``id``.
        """
        self._delete(lambda item: item.id == name)

    def leave(self, session):
        """Delete all items of a page.

        Parameters
        ----------
        session : str
            The page; items without one are not deleted.
        """
        if session:
            self._delete(lambda item: item.session == session)

    def expire(self):
        """Delete the expired items."""
        now = self.clock()
        self._delete(lambda item: item.until <= now)

    def _delete(self, wanted):
        with self._lock:
            items = [item for item in self._items.values() if wanted(item)]
            for item in items:
                del self._items[item.id]
        # Not under the lock: a job may take a moment to end.
        for item in items:
            item.closing.close()


async def expiring(uploads):
    """Delete expired items, as long as this task runs.

    Parameters
    ----------
    uploads : Uploads
    """
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(_PERIOD)
            await run_in_threadpool(uploads.expire)


async def close(request):
    """Delete what belongs to a page that is being closed."""
    session = request.query_params.get("session", "")
    await run_in_threadpool(request.app.state.uploads.leave, session)
    return Response(status_code=204)


routes = [Route("/v1/close", close, methods=["POST"])]
