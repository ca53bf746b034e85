"""Connections that do not send a request, or not to its end."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from fer_classic.app import _connection
from fer_classic.app._connection import Connection

HEAD = b"GET / HTTP/1.1\r\nhost: localhost\r\n"
UPLOAD = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n"


UPGRADE = (
    b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def answer_late(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    await asyncio.sleep(0.1)
    if scope["type"] == "websocket":
        await send({"type": "websocket.send", "text": "late"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"late"})


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(_connection, "_SECONDS", 0.05)


def talk(first, *, trickle=b""):
    """Send something and then more; return the answer, and whether the connection was closed."""

    async def use():
        loop = asyncio.get_running_loop()
        config, state = uvicorn.Config(answer_late, log_config=None), ServerState()
        server = await loop.create_server(
            lambda: Connection(config, state, app_state={}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(first)
        answer, is_closed = b"", False
        for _ in range(40):
            try:
                async with asyncio.timeout(0.01):
                    piece = await reader.read(4096)
            except TimeoutError:
                writer.write(trickle)
                continue
            except ConnectionError:
                piece = b""
            answer += piece
            if is_closed := not piece:
                break
        writer.close()
        server.close()
        return answer, is_closed

    return asyncio.run(use())


@pytest.mark.parametrize(("first", "trickle"), [(b"", b""), (HEAD, b""), (HEAD, b"x: y\r\n")])
def test_a_head_that_does_not_end_is_not_waited_for(first, trickle):
    answer, is_closed = talk(first, trickle=trickle)
    assert answer == b""
    assert is_closed


def test_a_second_head_is_not_waited_for_either():
    answer, is_closed = talk(HEAD + b"\r\n" + HEAD, trickle=b"x: y\r\n")
    assert answer.count(b"late") == 1
    assert is_closed


def test_what_is_sent_after_the_answer_is_not_waited_for():
    answer, is_closed = talk(UPLOAD, trickle=b"a")
    assert b"late" in answer
    assert is_closed


def test_an_answer_may_take_longer():
    answer, is_closed = talk(HEAD + b"connection: close\r\n\r\n")
    assert b"late" in answer
    assert is_closed


def test_a_web_socket_stays_open():
    answer, is_closed = talk(UPGRADE)
    assert b"late" in answer
    assert not is_closed
