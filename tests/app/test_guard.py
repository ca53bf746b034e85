import pytest

from fer_classic.app import Limits

TOKEN = "a-token-of-some-length"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8000", "127.0.0.2", "[::1]:8000", "LOCALHOST"]
)
def test_names_of_this_machine(host, client):
    assert client.get("/v1/models", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "192.0.2.1", "", "[", "a@b"]
)
def test_other_names_are_refused(host, client):
    answer = client.get("/v1/models", headers={"host": host})
    assert answer.status_code == 400
    assert repr(host) in answer.json()["error"]


def test_with_a_token_every_name_will_do(make_client):
    client = make_client(token=TOKEN)
    assert client.get("/v1/models", headers=BEARER | {"host": "other"}).status_code == 200


@pytest.mark.parametrize(
    "header", [{}, {"authorization": TOKEN}, {"authorization": "Bearer no"}, {"cookie": "a=b"}]
)
def test_without_the_token_there_is_no_answer(header, make_client):
    client = make_client(token=TOKEN)
    answer = client.get("/v1/models", headers=header)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Authorization: Bearer" in answer.json()["error"]
    assert client.get("/healthz", headers=header).status_code == 200


def test_a_browser_enters_by_the_address_and_keeps_a_cookie(make_client):
    client = make_client(token=TOKEN)
    assert client.get("/?token=wrong", follow_redirects=False).status_code == 401
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    # With a redirection, browsers that come from a file would withhold the cookie.
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/">' in answer.text
    assert TOKEN not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/v1/models").status_code == 200
    # Not by any other address, which could lead to another site.
    assert make_client(token=TOKEN).get(f"/v1/models?token={TOKEN}").status_code == 401


def test_every_character_of_a_token_survives_the_cookie(make_client):
    token = "".join(chr(code) for code in range(33, 127))
    client = make_client(token=token)
    client.get("/", params={"token": token})
    assert client.get("/v1/models").status_code == 200


def test_two_services_of_one_machine_do_not_share_a_cookie(make_client):
    names = set()
    for port in (8000, 8001):
        client = make_client(token=TOKEN, url=f"http://localhost:{port}")
        answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
        names.add(answer.headers["set-cookie"].partition("=")[0])
        assert client.get("/v1/models").status_code == 200
    assert len(names) == 2


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "http://["]
)
def test_pages_of_other_sites_may_not_ask(origin, client, photo):
    header = {"origin": origin, "content-type": "image/png"}
    answer = client.post("/v1/recognize", content=photo, headers=header)
    assert answer.status_code == 403
    assert origin in answer.json()["error"]


def test_the_own_page_may(client):
    assert client.get("/v1/models", headers={"origin": "http://localhost"}).status_code == 200


def test_who_asks_too_often_waits(make_client, photo):
    now = 0.0
    client = make_client(limits=Limits(rate=1, parallel=1), clock=lambda: now)

    def ask():
        return client.post("/v1/recognize", content=photo, headers={"content-type": "image/png"})

    assert ask().status_code == 200
    answer = ask()
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert "1 requests per minute" in answer.json()["error"]
    # What makes no work is not counted.
    assert client.get("/v1/models").status_code == 200
    now = 60.0
    assert ask().status_code == 200
