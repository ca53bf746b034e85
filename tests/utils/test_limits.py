import os
import socket

import pytest

from fer_classic.utils._limits import (
    MAX_PIXELS,
    excess_pixels,
    limit_pixels,
    pixel_limit,
    read_regular_file,
)


class TestPixelLimit:
    def test_the_argument_comes_before_the_variable(self, monkeypatch):
        monkeypatch.delenv("FER_CLASSIC_MAX_PIXELS", raising=False)
        assert pixel_limit() == MAX_PIXELS == 50_000_000
        monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "")
        assert pixel_limit() == MAX_PIXELS
        monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "100_000_000")
        assert pixel_limit() == 100_000_000
        assert pixel_limit(7) == 7

    @pytest.mark.parametrize("value", ["0", "-1", "5e7", "many", "1.5", "9" * 5000])
    def test_variables_that_are_no_number_of_pixels(self, value, monkeypatch):
        monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", value)
        with pytest.raises(ValueError, match="FER_CLASSIC_MAX_PIXELS must be a number of pixels"):
            pixel_limit()

    @pytest.mark.parametrize("value", [0, -1, 5e7, "5", True])
    def test_arguments_that_are_no_number_of_pixels(self, value):
        with pytest.raises(ValueError, match="max_pixels must be a number of pixels"):
            pixel_limit(value)

    @pytest.mark.parametrize("before", [None, "70"])
    def test_a_block_with_another_limit(self, before, monkeypatch):
        monkeypatch.delenv("FER_CLASSIC_MAX_PIXELS", raising=False)
        if before is not None:
            monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", before)
        with limit_pixels(7):
            assert pixel_limit() == 7
        assert os.environ.get("FER_CLASSIC_MAX_PIXELS") == before

    def test_excess(self):
        assert excess_pixels((10, 20), 200) is None
        assert excess_pixels((10, 20), 199).startswith("has 10 x 20 = 200 pixels; the limit is 199")


class TestReadRegularFile:
    def test_a_file_and_a_link_to_it(self, tmp_path):
        (tmp_path / "a").write_bytes(b"abc")
        (tmp_path / "link").symlink_to("a")
        assert read_regular_file(tmp_path / "link", max_bytes=3) == b"abc"
        with pytest.raises(OSError, match="it has 3 bytes, more than the limit of 2"):
            read_regular_file(tmp_path / "a", max_bytes=2)

    def test_what_would_never_end_is_not_opened(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        os.mkfifo("pipe")
        with pytest.raises(OSError, match="it is a named pipe, not a file"):
            read_regular_file("pipe")
        with socket.socket(socket.AF_UNIX) as one:
            # Its address must be short.
            one.bind("socket")
            with pytest.raises(OSError, match="it is a socket, not a file"):
                read_regular_file("socket")
        with pytest.raises(OSError, match="it is a device, not a file"):
            read_regular_file(os.devnull)

    def test_links_in_a_circle(self, tmp_path):
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(OSError, match="symbolic links"):
            read_regular_file(tmp_path / "a")

    @pytest.mark.parametrize("name", ["nothing", "a\0b"])
    def test_names_of_no_file(self, name, tmp_path):
        with pytest.raises(FileNotFoundError):
            read_regular_file(tmp_path / name)

    def test_a_name_that_is_too_long(self, tmp_path):
        with pytest.raises(OSError, match="too long"):
            read_regular_file(tmp_path / ("x" * 256))
