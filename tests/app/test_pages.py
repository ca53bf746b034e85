"""The page and its files."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

import fer_classic.app

STATIC = Path(fer_classic.app.__file__).with_name("static")


@pytest.fixture
def page(make_client):
    with make_client(page=True) as client:
        yield client


def test_the_page(page):
    answer = page.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.content == (STATIC / "index.html").read_bytes()


def test_every_file_of_the_page_is_there_with_its_type(page):
    kinds = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    files = [path for path in STATIC.iterdir() if path.name != "index.html"]
    assert files
    for path in files:
        answer = page.get(f"/static/{path.name}")
        assert answer.content == path.read_bytes()
        assert answer.headers["content-type"].startswith(kinds[path.suffix])


def test_the_page_names_no_other_place():
    for path in STATIC.iterdir():
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"')]*", path.read_text("utf-8"))
        assert [each for each in addresses if "www.w3.org" not in each] == [], path.name


def test_headers_keep_the_page_to_itself(page):
    def fail(request):
        raise RuntimeError("broken")

    page.app.router.routes.append(Route("/fault", fail))
    paths = {
        "/": 200,
        "/static/favicon.svg": 200,
        "/v1/models": 200,
        "/nothing": 404,
        "/fault": 500,
    }
    for path, status in paths.items():
        answer = page.get(path)
        assert answer.status_code == status
        headers = answer.headers
        rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert rules["default-src"] == "'self'"
        assert "script-src" not in rules
        assert "unsafe" not in str(rules)
        assert rules["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=(self)" in headers["permissions-policy"]


def test_a_page_has_no_script_or_style_of_its_own():
    text = (STATIC / "index.html").read_text("utf-8")
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)


def test_files_are_asked_for_again_and_answers_are_not_stored(page):
    first = page.get("/static/favicon.svg")
    assert first.headers["cache-control"] == "no-cache"
    again = page.get("/static/favicon.svg", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")
    assert page.get("/v1/models").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["../_app.py", "%2e%2e/_app.py", "..%2f_app.py", "/etc/passwd", "", "nothing.js"]
)
def test_no_other_file_is_given(path, page):
    answer = page.get(f"/static/{path}")
    assert answer.status_code == 404
    assert "there is nothing at" in answer.json()["error"]


def test_the_service_alone_has_no_page(client):
    assert client.get("/").status_code == 404
    assert client.post("/v1/adapt").status_code == 404
