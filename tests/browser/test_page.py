"""The page as a whole: accessibility, keyboard, languages, themes, sizes."""

import json

import pytest

from tests.browser.pictures import HAPPY, SURPRISED, encode, people

TABS = ("photo", "webcam", "video", "adapt")
PHOTO = {
    "name": "two.png",
    "mimeType": "image/png",
    "buffer": encode(people(HAPPY, SURPRISED)),
}


def faults(page, **options):
    """Serious and critical faults that axe finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page, options={"resultTypes": ["violations"], **options}).response
    return [
        (fault["id"], node["target"], node["failureSummary"])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_accessible(open_page, expect):
    page = open_page(color_scheme="light", reduced_motion="reduce")
    for tab in TABS:
        page.click(f"#tab-{tab}")
        if tab == "photo":
            page.set_input_files("#photo-file", PHOTO)
            expect(page.locator(".face")).to_have_count(2)
        if tab in ("webcam", "adapt"):
            page.click(f"#{tab}-start")
            ready = page.locator("#webcam-bars .answer:visible, #take-1:enabled:visible")
            expect(ready.first).to_be_visible()
        assert faults(page) == []
        page.emulate_media(color_scheme="dark")
        assert faults(page, runOnly=["color-contrast"]) == []
        page.emulate_media(color_scheme="light")


def test_errors_and_grids_are_accessible(open_page, expect):
    page = open_page(reduced_motion="reduce", color_scheme="dark")
    page.set_input_files("#photo-file", [PHOTO, PHOTO | {"name": "no.png", "buffer": b"no"}])
    expect(page.locator(".tile .failed")).to_be_visible()
    page.locator(".tile").nth(1).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults(page) == []


def test_keyboard_and_notes(open_page, expect):
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("#tab-photo").focus()
    for key, tab in (("ArrowRight", "webcam"), ("End", "adapt"), ("ArrowRight", "photo")):
        page.keyboard.press(key)
        expect(page.locator(f"#tab-{tab}")).to_be_focused()
        expect(page.get_by_role("tabpanel")).to_have_id(f"panel-{tab}")
    assert page.url.endswith("#photo")
    expect(page.locator("#privacy-text")).to_contain_text("Nothing.")
    expect(page.get_by_role("contentinfo")).to_contain_text("not for decisions about people")


def test_languages(open_page, expect):
    page = open_page(language="zh-CN")
    expect(page.locator("#tab-photo")).to_have_text("照片")
    # The detector that is used unless another is chosen.
    detectors = page.locator("#detector option")
    expect(detectors.first).to_have_text("pyramid（默认）")
    assert "pyramid" not in detectors.all_text_contents()
    page.set_input_files("#photo-file", PHOTO)
    expect(page.locator(".face.large .answer")).to_contain_text("高兴")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.set_input_files("#photo-file", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    sentences = page.locator(".message.error p")
    expect(sentences.first).to_have_text("无法处理该文件。")
    expect(sentences.last).to_have_attribute("lang", "en")
    expect(sentences.last).to_contain_text("x.jpg")
    page.set_input_files("#photo-file", PHOTO)
    page.click("#language")
    expect(page.locator(".face.large .answer")).to_contain_text("happy")
    expect(page.locator("#tab-photo")).to_have_text("Photo")
    page.reload()
    expect(page.locator("#tab-photo")).to_have_text("Photo")


def test_errors_of_jobs_and_frames_begin_in_the_language_of_the_page(open_page, expect):
    page = open_page("video", language="zh-CN")
    sentences = page.locator(".message.error p")
    # Begins as a video, and is none.
    content = b"RIFF\x00\x10\x00\x00AVI LIST" + b"noise" * 100
    page.set_input_files(
        "#video-file", {"name": "x.avi", "mimeType": "video/avi", "buffer": content}
    )
    expect(sentences).to_have_count(2)
    expect(sentences.first).to_have_text("无法处理该文件。")
    expect(sentences.last).to_contain_text("x.avi is not a video")
    expect(sentences.last).to_have_attribute("lang", "en")
    answer = json.dumps({"error": "32 cameras are in use.", "status": 503})
    page.route_web_socket(
        "**/live*", lambda socket: socket.on_message(lambda _: socket.send(answer))
    )
    page.click("#tab-webcam")
    page.click("#webcam-start")
    sentences = page.locator("#webcam-message p")
    expect(sentences.first).to_have_text("程序正忙。")
    expect(sentences.last).to_have_text("32 cameras are in use.")


def test_themes(open_page, expect):
    page = open_page(color_scheme="light")
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Light theme").click()
    assert page.evaluate(ground) == light


def test_fits_a_phone(open_page, expect):
    page = open_page(size=(360, 740), has_touch=True)
    page.set_input_files("#photo-file", PHOTO)
    expect(page.locator(".face")).to_have_count(2)
    for tab in (*TABS, *TABS):
        page.click(f"#tab-{tab}")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
        if tab == TABS[-1]:
            page.click("#language")
