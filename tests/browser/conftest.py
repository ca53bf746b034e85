"""A server, a browser with a fake camera, and pages whose requests are watched."""

import re
import shutil
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.browser.pictures import write_camera

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    "--autoplay-policy=no-user-gesture-required",
]
TIMEOUT = 20_000  # milliseconds
# Chromium reports each request that failed; the page says so too.
REFUSED = re.compile(r"^Failed to load resource: (the server responded with a status|net::ERR)")


@contextmanager
def serving(models, **settings):
    """Serve the page with some models; gives its address."""
    pytest.importorskip("starlette", reason="the page needs fer-classic[app]")
    uvicorn = pytest.importorskip("uvicorn", reason="the page needs fer-classic[app]")
    from fer_classic.app import ModelRegistry, create_app
    from fer_classic.app._server import address_of, make_config, open_socket

    app = create_app(ModelRegistry.load(models), page=True, **settings)
    with open_socket("127.0.0.1", 0) as listener:
        server = uvicorn.Server(make_config(app))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield address_of(listener)
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="package")
def address():
    """Address of a server with the network that comes along."""
    with serving(["cnn", "svm_fast"]) as address:
        yield address


# Not of the session: while the browser is there, no other test could run an event loop.
@pytest.fixture(scope="package")
def browser(tmp_path_factory):
    """A browser with a fake camera."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("no Chromium was found; install it, for instance by apt-get install chromium")
    video = write_camera(tmp_path_factory.mktemp("camera") / "camera.y4m")
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={video}"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@contextmanager
def opening(address, browser):
    """Give a function that opens the page at one of its tabs, in a browser of its own.

    Afterwards nothing but the server must have been asked, and no script may have failed.
    """
    contexts, asked, faults = [], [], []

    def watch(page):
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: line.type == "error" and faults.append(line.text))

    def open_page(tab="photo", *, language="en-US", size=(1280, 900), **settings):
        viewport = dict(zip(("width", "height"), size, strict=True))
        context = browser.new_context(viewport=viewport, locale=language, **settings)
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        page.goto(f"{address}/#{tab}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    elsewhere = [url for url in asked if not url.startswith(("blob:", "data:"))]
    assert {urlsplit(url).netloc for url in elsewhere} == {urlsplit(address).netloc}
    assert [fault for fault in faults if not REFUSED.match(fault)] == []


@pytest.fixture
def open_page(address, browser):
    """Open pages, each in a browser of its own."""
    with opening(address, browser) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def page(address, browser):
    """A page that the tests of a module share, since each photo takes the place of those before."""
    with opening(address, browser) as open_page:
        yield open_page()


@pytest.fixture
def expect():
    """The assertions of playwright, which wait."""
    expect = pytest.importorskip("playwright.sync_api").expect
    # Machines that run tests are busy.
    expect.set_options(timeout=TIMEOUT)
    return expect


@pytest.fixture
def hold():
    """Give a function that holds requests to an address back, and gives the list of them."""

    def hold(page, address, method=None):
        held = []

        def keep(route):
            if method in (None, route.request.method):
                held.append(route)
            else:
                route.fallback()

        page.route(address, keep)
        return held

    return hold
