from tests.browser.pictures import write_clip

H264 = """() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"')"""
SIZE = """async (video) => {
  if (!video.readyState) await new Promise((resolve) => { video.onloadedmetadata = resolve; });
  return [video.videoWidth, video.videoHeight];
}"""


def test_a_video_and_the_end_of_its_page(address, open_page, expect, tmp_path):
    page = open_page("video")
    page.set_input_files("#video-file", write_clip(tmp_path / "clip.mp4"))
    expect(page.locator("#video-name")).to_have_text("clip.mp4")
    expect(page.locator("#video-result .facts")).to_contain_text("10 frames · 1.0 s · 1 person")
    expect(page.locator("#video-result tbody tr")).to_have_count(1)
    expect(page.locator("#video-result td").last).to_contain_text("happy")
    expect(page.locator("#video-result .legend li").first).to_contain_text("happy")
    links = page.locator("#video-result .downloads a")
    assert [link.get_attribute("download") for link in links.all()] == [
        "clip_faces.mp4",
        "clip.json",
        "clip.csv",
    ]
    files = [address + link.get_attribute("href") for link in links.all()]
    contents = [page.request.get(file).body() for file in files]
    assert contents[1][:1] == b"["
    assert contents[2].startswith(b"schema,")
    # H.264 is played; for what browsers do not play there is a sentence.
    if b"avc1" in contents[0] and page.evaluate(H264):
        assert page.locator(".player").evaluate(SIZE) == [320, 240]
    else:
        expect(page.locator("#video-result")).to_contain_text("cannot play the annotated video")
    # What was sent is deleted when the page is closed. A busy page would lose its last words.
    page.evaluate("() => new Promise(requestAnimationFrame)")
    page.goto("about:blank")
    job = files[0].rpartition("/")[0]
    for _ in range(100):
        if not page.request.get(job).ok:
            break
        page.wait_for_timeout(50)
    assert page.request.get(job).status == page.request.get(files[0]).status == 404


def test_the_video_that_was_taken_last(open_page, expect, hold, tmp_path):
    page = open_page("video")
    held = hold(page, "**/v1/video/*", "DELETE")
    page.set_input_files("#video-file", write_clip(tmp_path / "first.mp4", n_frames=200))
    expect(page.locator("#video-state")).to_contain_text("frame")
    # The first one is deleted slowly, and two more are chosen meanwhile.
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.set_input_files("#video-file", write_clip(tmp_path / "second.mp4"))
    page.set_input_files("#video-file", write_clip(tmp_path / "third.mp4"))
    expect(page.locator("#video-name")).to_have_text("third.mp4")
    for route in held:
        route.continue_()
    expect(page.locator("#video-result .name")).to_have_text("third.mp4")
    page.wait_for_timeout(500)
    expect(page.locator("#video-job")).to_be_hidden()
    expect(page.locator("#video-result .name")).to_have_text("third.mp4")


def test_cancel_and_files_that_are_no_videos(open_page, expect, tmp_path):
    page = open_page("video")
    page.set_input_files("#video-file", write_clip(tmp_path / "long.mp4", n_frames=200))
    expect(page.locator("#video-state")).to_contain_text("frame")
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.click("#video-cancel")
    expect(page.locator("#video-job")).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="Cancelled.")).to_be_visible()
    noise = {"name": "noise.mp4", "mimeType": "video/mp4", "buffer": b"noise" * 100}
    page.set_input_files("#video-file", noise)
    expect(page.get_by_role("alert")).to_contain_text("not a video")
    text = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"notes"}
    page.set_input_files("#video-file", text)
    expect(page.get_by_role("alert")).to_contain_text("notes.txt is not a video")
