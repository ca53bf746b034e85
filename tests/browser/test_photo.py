import csv
import io
import json
import re

import cv2
import numpy as np
import pytest

from fer_classic.live.tables import photo_rows
from fer_classic.live.tables._schema import table_columns
from tests.browser.pictures import HAPPY, SURPRISED, encode, people

ONE = encode(people(HAPPY))
CLASSES = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]


def named(name, content=ONE):
    return {"name": name, "mimeType": "image/png", "buffer": content}


def choose(page, *files):
    page.set_input_files("#photo-file", list(files))


def downloaded(page, text):
    with page.expect_download() as download:
        page.click(f".downloads button:has-text('{text}')")
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_a_photo_with_a_face(page, expect):
    choose(page, named("one.png"))
    expect(page.locator(".face.large .answer")).to_contain_text("happy")
    assert page.locator(".face.large .bars .word").all_text_contents() == CLASSES
    expect(page.locator(".picture .frame")).to_have_attribute(
        "aria-label", re.compile(r"^Face 1: happy \d+%")
    )
    expect(page.locator(".picture .label")).to_be_visible()
    expect(page.locator(".quality dd")).to_have_count(4)
    expect(page.locator("#photo-status")).to_contain_text("1 face, happy")
    # The frame lies on the face.
    picture, spot = (page.locator(name).bounding_box() for name in (".picture", ".frame"))
    middle = (spot["x"] + spot["width"] / 2 - picture["x"]) / picture["width"]
    assert middle == pytest.approx(0.5, abs=0.05)


def test_downloads(page):
    choose(page, named("me, or you.png"))
    name, content = downloaded(page, "CSV")
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert name == "me, or you.csv"
    assert list(rows[0]) == list(table_columns(CLASSES, photos=True))
    assert rows[0]["photo"] == "me, or you.png"
    assert rows[0]["expression"] == "happy"
    name, content = downloaded(page, "JSON")
    answer = json.loads(content)
    assert float(rows[0]["score_happy"]) == answer["faces"][0]["scores"]["happy"]
    assert answer["model"]["name"] == "cnn"
    name, content = downloaded(page, "Annotated")
    assert name == "me, or you_faces.png"
    assert cv2.imdecode(np.frombuffer(content, np.uint8), 1).shape == (240, 180, 3)


def test_many_faces(page, expect):
    choose(page, named("many.png", encode(people(HAPPY, SURPRISED, HAPPY))))
    expect(page.locator(".frame")).to_have_count(3)
    expect(page.locator(".face")).to_have_count(3)
    expect(page.locator(".face.large h3")).to_have_text("Most prominent face")
    answers = " ".join(page.locator(".answer").all_text_contents())
    assert answers.count("happy") == 2
    assert answers.count("surprise") == 1


def test_why(open_page, expect):
    page = open_page()
    page.select_option("#model", "svm_fast")  # which is explained fast
    choose(page, named("a.png", encode(people(HAPPY, SURPRISED))), named("b.png", b"no"))
    page.locator(".tile").first.click()
    page.locator(".frame").nth(1).click()
    shown = page.locator(".face").nth(1).locator(".why")
    expect(shown.locator(".map img")).to_be_visible()
    expect(page.locator("[aria-expanded=true]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(shown).to_be_hidden()
    # Escape puts the explanation away, then the photo.
    page.keyboard.press("Enter")
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".tile").first).to_be_focused()


def test_photos_without_a_face_and_files_that_are_none(page, expect):
    choose(page, named("plain.png", encode(np.full((200, 300, 3), 120, np.uint8))))
    expect(page.locator(".nobody")).to_contain_text("No face was found")
    [row] = photo_rows("plain.png", [], [])
    rows = csv.DictReader(io.StringIO(downloaded(page, "CSV")[1].decode(), newline=""))
    assert list(rows) == [{key: "" if cell is None else str(cell) for key, cell in row.items()}]
    choose(page, named("broken.png", ONE[:200]))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("broken.png")
    # There is nothing else to see, so that another one is asked for.
    expect(page.locator("#photo-result")).to_be_hidden()
    expect(page.locator("#photo-drop .local")).to_be_visible()
    alert.get_by_role("button", name="Close").click()
    expect(alert).to_have_count(0)
    choose(page, {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"})
    expect(alert).to_contain_text("notes.txt is not a picture")


def test_60_megapixels(page, expect):
    from PIL import Image

    file = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(file, "png")
    choose(page, named("huge.png", file.getvalue()))
    expect(page.get_by_role("alert")).to_contain_text("60,000,000 pixels, and the limit is")
    choose(page, named("one.png"))
    expect(page.locator(".face")).to_have_count(1)


def test_many_photos_as_a_grid(page, expect):
    choose(page, named("a.png"), named("b.png", encode(people(SURPRISED))), named("c.png", b"no"))
    expect(page.locator(".overview h2")).to_have_text("3 photos · 2 faces · 1 cannot be read")
    expect(page.locator(".tile .what").nth(1)).to_contain_text("1 face: surprise")
    expect(page.locator(".tile .failed")).to_contain_text("c.png")
    with page.expect_download() as download:
        page.click(".overview button:has-text('CSV')")
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [row["photo"] for row in rows] == ["a.png", "b.png", "c.png"]
    assert rows[2]["error"]
    page.locator(".tile").nth(1).click()
    expect(page.locator(".face.large .answer")).to_contain_text("surprise")
    page.click("text=All photos")
    expect(page.locator(".tile")).to_have_count(3)


def test_paste_drop_and_another_model(open_page, expect):
    page = open_page("adapt")
    send = """(bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], "%s", { type: "image/png" }));
      document.dispatchEvent(new %s);
    }"""
    pasted = 'ClipboardEvent("paste", { clipboardData: transfer })'
    page.evaluate(send % ("pasted.png", pasted), list(ONE))
    expect(page.locator("#photo-result .name")).to_have_text("pasted.png")
    dropped = 'DragEvent("drop", { dataTransfer: transfer })'
    page.evaluate(send % ("dropped.png", dropped), list(ONE))
    expect(page.locator("#photo-result .name")).to_have_text("dropped.png")
    with page.expect_response("**/v1/recognize?model=svm_fast*"):
        page.select_option("#model", "svm_fast")
    expect(page.locator("#model-note")).to_contain_text("60.7%")
    expect(page.locator(".face")).to_have_count(1)


DROP = """() => {
  const event = new Event("drop", { cancelable: true });
  const reader = { readEntries: (take) => take([]) };
  const folder = { isFile: false, createReader: () => reader };
  event.dataTransfer = { items: [{ webkitGetAsEntry: () => %s }], files: [] };
  document.dispatchEvent(event);
}"""


def test_texts_and_empty_folders_that_are_dropped(open_page, expect):
    page = open_page("webcam")
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    for tab in ("webcam", "video"):
        page.click(f"#tab-{tab}")
        for entry in ("null", "folder"):
            page.evaluate(DROP % entry)
            page.wait_for_timeout(50)
            expect(page.get_by_role("tabpanel")).to_have_id(f"panel-{tab}")
            expect(page.get_by_role("alert")).to_have_count(0)
        if tab == "webcam":
            expect(page.locator("#webcam-stop")).to_be_enabled()


@pytest.mark.parametrize("end", ["continue_", "abort"])
def test_a_late_answer_of_the_model_before(open_page, expect, hold, end):
    page = open_page()
    held = hold(page, "**/v1/recognize?model=cnn*")
    with page.expect_request("**/v1/recognize?model=cnn*"):
        choose(page, named("one.png"))
    page.select_option("#model", "svm_fast")
    expect(page.locator(".face")).to_have_count(1)
    getattr(held[0], end)()
    page.wait_for_timeout(500)
    page.click("#language")  # what is there is drawn again
    expect(page.locator(".face")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert json.loads(downloaded(page, "JSON")[1])["model"]["name"] == "svm_fast"


def test_pictures_with_frames_in_them_follow_the_settings(open_page, expect):
    page = open_page()
    # Chromium cannot show it, so that the program draws it.
    choose(page, {**named("one.tiff", encode(people(HAPPY), ".tiff")), "mimeType": "image/tiff"})
    expect(page.locator(".frame.bare")).to_have_count(1)
    changes = {
        "annotate.*model=svm_fast": lambda: page.select_option("#model", "svm_fast"),
        "annotate.*detector=haar": lambda: page.select_option("#detector", "haar"),
        "annotate": lambda: page.click("#language"),
    }
    for asked, change in changes.items():
        before = page.locator(".picture img").get_attribute("src")
        with page.expect_response(re.compile(f"/v1/{asked}")):
            change()
        expect(page.locator(".frame.bare")).to_have_count(1)
        expect(page.locator(".picture img")).not_to_have_attribute("src", before)


def test_a_picture_that_comes_after_another_photo_was_opened(open_page, expect, hold):
    page = open_page()
    choose(page, named("a.tiff", encode(people(HAPPY), ".tiff")), named("b.png"))
    expect(page.locator(".tile img")).to_have_count(2)
    held = hold(page, "**/v1/annotate?*")
    with page.expect_request("**/v1/annotate?*"):
        page.locator(".tile").first.click()
    page.locator(".tile").last.click()
    expect(page.locator("#photo-result .name")).to_have_text("b.png")
    page.locator("#detector").focus()
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#detector")).to_be_focused()


def test_tiles_follow_the_settings_while_one_photo_is_open(open_page, expect):
    page = open_page()
    nobody = encode(np.full((200, 300, 3), 120, np.uint8))
    choose(page, named("a.png"), named("b.png", nobody))
    expect(page.locator(".tile .what").first).to_contain_text("1 face")
    page.locator(".tile").last.click()

    def without_faces(route):
        answer = route.fetch().json()
        answer["images"][0]["faces"] = []
        route.fulfill(json=answer)

    page.route("**/v1/recognize?*detector=haar*", without_faces)
    page.select_option("#detector", "haar")
    expect(page.locator("#photo-status")).to_contain_text("0 faces")
    page.click("text=All photos")
    expect(page.locator(".tile .what").first).to_have_text("no face")


def test_the_program_has_ended(open_page, expect):
    page = open_page()
    page.route("**/*", lambda route: route.abort())
    choose(page, named("one.png"))
    expect(page.get_by_role("alert")).to_contain_text("The program does not answer.")
