"""How the browser enters a page with a token, at which another site may not have sent it."""

import pytest

from fer_classic.cli._app import _file_that_leads_to
from tests.browser.conftest import serving

TOKEN = "a-token-of-some-length"


@pytest.fixture
def guarded():
    """Address of a server that needs the token."""
    with serving(["svm_fast"], token=TOKEN) as address:
        yield address


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
