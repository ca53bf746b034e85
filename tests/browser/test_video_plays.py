"""Annotated videos play in a browser."""

import numpy as np
import pytest

from fer_classic.live import FrameResult, VideoSink

pytest.importorskip("av")
SIZE = 160, 120

PAGE = """<!doctype html>
<video id="mp4" src="video.mp4" muted autoplay></video>
<video id="webm" src="video.webm" muted autoplay></video>"""
# Resolves once time has passed in the video, or with what is wrong with it.
PLAY = """video => new Promise(resolve => {
  const fail = () => resolve({error: (video.error || {}).message || "it does not play"});
  const look = () => video.currentTime < 0.3 ? setTimeout(look, 20) : resolve({
    width: video.videoWidth, height: video.videoHeight, duration: video.duration});
  video.error ? fail() : video.addEventListener("error", fail);
  look();
  setTimeout(fail, 4000);
})"""


def test_annotated_videos_play(browser, tmp_path):
    width, height = SIZE
    for suffix in ("mp4", "webm"):
        with VideoSink(tmp_path / f"video.{suffix}", 25, draw=lambda image, faces: image) as sink:
            for index in range(25):
                image = np.full((height, width, 3), 8 * index, np.uint8)
                sink.write(FrameResult(index, index / 25, image))
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    with browser.new_page() as page:
        page.goto((tmp_path / "page.html").as_uri())
        played = {name: page.locator(f"#{name}").evaluate(PLAY) for name in ("mp4", "webm")}
    expected = {"width": width, "height": height, "duration": pytest.approx(1.0, abs=0.05)}
    assert played == {"mp4": expected, "webm": expected}
