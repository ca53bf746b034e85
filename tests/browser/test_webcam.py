DRAWN = """(id) => {
  const { width, height } = document.getElementById(id);
  const { data } = document.getElementById(id).getContext("2d").getImageData(0, 0, width, height);
  return data.filter((value, place) => place % 4 === 3 && value > 0).length;
}"""
REFUSE = """(name) => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", name));
}"""


def picture_of(page, canvas):
    return page.locator(canvas).evaluate("(canvas) => canvas.toDataURL()")


def test_start_look_and_stop(open_page, expect):
    page = open_page("webcam")
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    assert page.evaluate(DRAWN, "webcam-overlay") == 0
    empty = picture_of(page, "#webcam-timeline")
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_contain_text("%")
    expect(page.locator("#webcam-bars .bars li")).to_have_count(7)
    expect(page.locator("#webcam-fps")).not_to_have_text("–")
    # A frame around the face, and its words.
    assert page.evaluate(DRAWN, "webcam-overlay") > 1000
    expect(page.locator("#webcam-summary")).to_contain_text("%")
    first = picture_of(page, "#webcam-timeline")
    assert first != empty
    # The person in front of the camera smiles, then is surprised.
    for word in ("happy", "surprise"):
        expect(page.locator("#webcam-bars .answer")).to_contain_text(word)
    assert picture_of(page, "#webcam-timeline") != first
    page.click("#webcam-stop")
    expect(page.locator("#webcam-empty")).to_be_visible()
    assert page.locator("#webcam-video").evaluate("(video) => video.srcObject") is None
    assert page.evaluate(DRAWN, "webcam-overlay") == 0
    expect(page.locator("#webcam-start")).to_be_focused()
    n_sent = len(sent)
    page.wait_for_timeout(100)
    assert len(sent) == n_sent


def test_settings_change_while_it_runs(open_page, expect):
    page = open_page("webcam")
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    page.select_option("#smoothing", "none")
    page.select_option("#detector", "haar")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    # Another tab turns the camera off.
    page.click("#tab-photo")
    assert page.locator("#webcam-video").evaluate("(video) => video.srcObject") is None


def test_no_camera(open_page, expect):
    page = open_page("webcam")
    for name, words in (
        ("NotAllowedError", "did not allow the camera."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "perhaps another program uses it"),
    ):
        page.evaluate(REFUSE, name)
        page.click("#webcam-start")
        expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("#webcam-start")).to_be_enabled()


def test_the_connection_ends(open_page, expect):
    page = open_page("webcam")
    sockets = []

    def connect(socket):
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/live*", connect)
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    sockets[0].close()
    expect(page.get_by_role("alert")).to_contain_text("The connection to the program has ended.")
    assert page.locator("#webcam-video").evaluate("(video) => video.srcObject") is None
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
