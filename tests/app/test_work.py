import asyncio
import threading
import time
import weakref

import pytest
from starlette.exceptions import HTTPException

from fer_classic.app._work import WorkPool


@pytest.fixture
def pool():
    pool = WorkPool(1, 1)
    yield pool
    pool.close()


def test_results_and_errors_come_back(pool):
    async def use():
        assert await pool.run(max, 1, 2) == 2
        with pytest.raises(ZeroDivisionError):
            await pool.run(divmod, 1, 0)
        return await pool.run(threading.current_thread)

    assert asyncio.run(use()) is not threading.main_thread()


def test_places_are_limited_and_given_back(pool):
    with pool.place(), pool.place():
        with pytest.raises(HTTPException, match="busy: 2 requests") as caught, pool.place():
            pass
        assert caught.value.status_code == 503
        assert caught.value.headers == {"Retry-After": "1"}
    assert pool.n_taken == 0


def test_what_nobody_waits_for_is_forgotten(pool):
    class Photo:
        pass

    begun, go_on, photo = threading.Event(), threading.Event(), Photo()
    left = weakref.ref(photo)

    async def use():
        nonlocal photo
        first = asyncio.ensure_future(pool.run(lambda: begun.set() or go_on.wait(10)))
        second = asyncio.ensure_future(pool.run(id, photo))
        del photo
        await asyncio.sleep(0)
        begun.wait(10)
        second.cancel()
        await asyncio.wait([second])
        go_on.set()
        await first

    asyncio.run(use())
    end = time.monotonic() + 5
    while left() is not None and time.monotonic() < end:
        time.sleep(0.001)
    assert left() is None


def test_at_the_end_what_waits_is_dropped(pool):
    begun, go_on = threading.Event(), threading.Event()

    async def use():
        first = asyncio.ensure_future(pool.run(lambda: begun.set() or go_on.wait(10)))
        second = asyncio.ensure_future(pool.run(max, 1, 2))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        pool.close()
        with pytest.raises(asyncio.CancelledError):
            await second
        go_on.set()
        assert await first

    asyncio.run(use())
    for thread in pool._threads:
        thread.join(5)
        assert not thread.is_alive()
