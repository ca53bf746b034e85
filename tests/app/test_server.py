import logging
import socket
import tempfile

import pytest

from fer_classic.app._server import (
    _is_reported,
    address_of,
    check_temporary_folder,
    check_token,
    is_loopback,
    open_socket,
)
from fer_classic.exceptions import ServerError


def test_a_free_port_of_this_machine():
    with open_socket("127.0.0.1", 0) as listener:
        assert address_of(listener).startswith("http://127.0.0.1:")
        assert is_loopback(listener)
        check_token(None, listener)
        with pytest.raises(ServerError, match="in use; stop the program"):
            open_socket("127.0.0.1", listener.getsockname()[1])


def test_a_name_that_stands_for_two_addresses():
    with open_socket("localhost", 0) as listener:
        assert listener.family == socket.AF_INET
        assert is_loopback(listener)


@pytest.mark.skipif(not socket.has_ipv6, reason="there is no IPv6")
def test_the_newer_address():
    try:
        listener = open_socket("::1", 0)
    except ServerError:
        pytest.skip("this machine has no such address")
    with listener:
        assert address_of(listener).startswith("http://[::1]:")
        assert is_loopback(listener)


def test_what_others_can_reach_needs_a_token():
    with open_socket("0.0.0.0", 0) as listener:
        assert not is_loopback(listener)
        with pytest.raises(ValueError, match="can be reached by other machines"):
            check_token(None, listener)
        check_token("x" * 16, listener)


@pytest.mark.parametrize("token", ["", "short", "with a space in it", "ünïcödé-tökén-öf-lënğth"])
def test_tokens_that_cannot_be_sent_or_are_guessed(token):
    with (
        open_socket("127.0.0.1", 0) as listener,
        pytest.raises(ValueError, match="16 or more ASCII characters"),
    ):
        check_token(token, listener)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("192.0.2.1", "not an address of this machine"),
        ("a" * 70, "is not known"),
        ("no such host", "is not known"),
    ],
)
def test_hosts_that_are_none(host, words):
    with pytest.raises(ServerError, match=words):
        open_socket(host, 0)


def test_without_a_temporary_folder_there_is_a_remedy(monkeypatch):
    check_temporary_folder()

    def fail():
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", fail)
    with pytest.raises(ServerError, match="TMPDIR"):
        check_temporary_folder()


@pytest.mark.parametrize(
    ("message", "is_reported"),
    [
        ("Invalid HTTP request received.", False),
        ("Invalid UTF-8 sequence received from client.", False),
        ("Exception in ASGI application\n", True),
    ],
)
def test_mistakes_of_clients_are_not_logged(message, is_reported):
    assert _is_reported(logging.makeLogRecord({"msg": message})) is is_reported
