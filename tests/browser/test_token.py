"""How the browser enters a page with a token, at which another site may not have sent it."""

import threading

import pytest

from fer_classic.cli._app import _file_that_leads_to

TOKEN = "a-token-of-some-length"


@pytest.fixture
def guarded():
    """Address of a server that needs the token."""
    pytest.importorskip("starlette", reason="the page needs fer-classic[app]")
    uvicorn = pytest.importorskip("uvicorn", reason="the page needs fer-classic[app]")
    from fer_classic.app import ModelRegistry, create_app
    from fer_classic.app._server import address_of, make_config, open_socket

    app = create_app(ModelRegistry.load(["svm_fast"]), page=True, token=TOKEN)
    with open_socket("127.0.0.1", 0) as listener:
        server = uvicorn.Server(make_config(app))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield address_of(listener)
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("kind", ["the address itself", "a file", "a link on a page"])
def test_the_page_is_entered(kind, guarded, browser):
    address = f"{guarded}/?token={TOKEN}"
    page = browser.new_context().new_page()
    with _file_that_leads_to(address) as file:
        if kind == "a link on a page":
            # Of another site, such as a terminal in the browser.
            page.route(
                "http://other.example/",
                lambda route: route.fulfill(
                    body=f'<a href="{address}">page</a>', content_type="text/html"
                ),
            )
            page.goto("http://other.example/")
            page.click("a")
        else:
            page.goto(file if kind == "a file" else address)
        page.wait_for_selector("#photo-message", state="attached")
    assert page.url.partition("#")[0] == f"{guarded}/"
    assert page.evaluate("fetch('/v1/models').then(({ status }) => status)") == 200
    page.context.close()
