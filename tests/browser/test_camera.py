"""The camera is on only where somebody wants to be seen."""

import pytest

# The person answers the question for the camera later.
ASK = """() => {
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  Object.assign(window, { answers: [], streams: [] });
  devices.getUserMedia = async (wanted) => {
    await new Promise((resolve) => answers.push(resolve));
    streams.push(await open(wanted));
    return streams.at(-1);
  };
}"""
ALLOW = "() => answers.splice(0).forEach((allow) => allow())"
# Resolves once so many cameras were opened, and what was waiting for them has gone on.
OPENED = """async (n) => {
  while (streams.length < n) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 100));
}"""
LIVE = """() => streams.flatMap((stream) => stream.getTracks())
  .filter(({ readyState }) => readyState === "live").length"""


@pytest.fixture(params=["webcam", "adapt"])
def tab(request):
    return request.param


@pytest.fixture
def page(open_page, tab):
    page = open_page(tab)
    page.evaluate(ASK)
    page.click(f"#{tab}-start")
    return page


def test_who_leaves_before_the_camera_is_open_is_not_filmed(page, tab, expect):
    expect(page.locator(f"#{tab}-start")).to_be_disabled()
    page.click("#tab-photo")
    page.evaluate(ALLOW)
    page.evaluate(OPENED, 1)
    assert page.evaluate(LIVE) == 0
    page.click(f"#tab-{tab}")
    expect(page.locator(f"#{tab}-start")).to_be_enabled()
    expect(page.locator(f"#{tab}-stop")).to_be_disabled()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_stop_while_the_camera_is_being_opened(page, tab, expect):
    page.click(f"#{tab}-stop")
    expect(page.locator(f"#{tab}-start")).to_be_enabled()
    page.evaluate(ALLOW)
    page.evaluate(OPENED, 1)
    assert page.evaluate(LIVE) == 0
    expect(page.locator(f"#{tab}-start")).to_be_enabled()


def test_start_leave_return_and_start_open_one_camera(page, tab, expect):
    page.click("#tab-photo")
    page.click(f"#tab-{tab}")
    page.click(f"#{tab}-start")
    page.evaluate(ALLOW)
    ready = {"webcam": "#webcam-bars .answer", "adapt": "#take-1:enabled"}[tab]
    expect(page.locator(ready)).to_be_visible()
    page.evaluate(OPENED, 2)
    assert page.evaluate(LIVE) == 1
    expect(page.locator(f"#{tab}-start")).to_be_disabled()
    page.click(f"#{tab}-stop")
    assert page.evaluate(LIVE) == 0


def test_a_late_refusal_is_not_told(open_page, tab, expect):
    page = open_page(tab)
    page.evaluate(
        """() => {
          navigator.mediaDevices.getUserMedia = () => new Promise((_, reject) => {
            window.refuse = () => reject(new DOMException("no", "NotAllowedError"));
          });
        }"""
    )
    page.click(f"#{tab}-start")
    page.click("#tab-photo")
    page.evaluate("() => refuse()")
    page.click(f"#tab-{tab}")
    expect(page.locator(f"#{tab}-start")).to_be_enabled()
    expect(page.get_by_role("alert")).to_have_count(0)
