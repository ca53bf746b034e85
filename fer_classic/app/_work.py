"""Worker threads with a bounded queue."""

import asyncio
import queue
import threading
from concurrent.futures import Future
from contextlib import contextmanager

from starlette.exceptions import HTTPException

__all__ = ["WorkPool"]


class WorkPool:
    """Worker threads with a bounded queue.

    Every request takes a place before its body is read, so that the places bound the memory too.

    Parameters
    ----------
    parallel : int
        Number of threads.
    waiting : int
        Places beyond those of the threads.
    name : str, default="work"
        Name of the threads.
    """

    def __init__(self, parallel: int, waiting: int, name: str = "work"):
        self.n_places = parallel + waiting
        self.n_taken = 0
        self._calls: queue.SimpleQueue = queue.SimpleQueue()
        # Daemons: those of the standard library would hold up the end of the program.
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(parallel)
        ]
        for thread in self._threads:
            thread.start()

    @contextmanager
    def place(self):
        """Hold a place while a request is read and worked on; used in the event loop only.

        Raises
        ------
        HTTPException
            503, if all places are taken.
        """
        if self.n_taken >= self.n_places:
            raise HTTPException(
                503,
                f"the service is busy: {self.n_taken} requests are being processed or waiting; "
                "try again in a second.",
                {"Retry-After": "1"},
            )
        self.n_taken += 1
        try:
            yield
        finally:
            self.n_taken -= 1

    async def run(self, function, *arguments):
        """Call a function in one of the threads.

        Parameters
        ----------
        function : callable
        *arguments
            Its arguments.

        Returns
        -------
        result : object
            Its return value.
        """
        future: Future = Future()
        self._calls.put((future, function, arguments))
        return await asyncio.wrap_future(future)

    def close(self):
        """Cancel queued calls, and let the threads end after their current one."""
        while True:
            try:
                future, _, _ = self._calls.get_nowait()
            except queue.Empty:
                break
            future.cancel()
        for _ in self._threads:
            self._calls.put(None)

    def _work(self):
        while (call := self._calls.get()) is not None:
            future, function, arguments = call
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function(*arguments))
                except BaseException as error:  # goes to the one who waits
                    future.set_exception(error)
            # What they hold, such as a photo, must not live until the next call.
            del call, future, function, arguments
