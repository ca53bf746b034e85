def test_make_faces_adapt_and_use_the_model(open_page, expect):
    page = open_page("adapt")
    expect(page.locator("#adapt-fit")).to_be_disabled()
    page.click("#adapt-start")
    expect(page.locator("#take-1")).to_be_enabled()
    for n_taken, expression in enumerate((4, 7, 4, 7)):
        # By key and by mouse.
        if n_taken % 2:
            page.click(f"#take-{expression}")
        else:
            page.keyboard.press(str(expression))
        expect(page.locator(".dot.full")).to_have_count(n_taken + 1)
    expect(page.locator("#take-4")).to_have_attribute(
        "aria-label", "Take a picture of “happy”, 2 of 5"
    )
    page.click("#adapt-fit")
    expect(page.locator("#adapt-result dd")).to_have_count(2)
    judged = page.locator("#adapt-result tbody th")
    expect(judged).to_have_text(["happy", "surprise"])
    expect(page.locator("#adapt-result")).to_contain_text("4 pictures")
    with page.expect_download() as download:
        page.click("text=Download the model")
    assert download.value.suggested_filename.endswith(".joblib")
    assert download.value.path().stat().st_size > 10_000
    page.click("text=Use the adapted model")
    expect(page.locator("#model option")).to_have_count(3)
    expect(page.locator("#model-note")).to_contain_text("Adapted to one person")
    expect(page.locator("#adapt-result")).to_contain_text("is used for photos")
    page.click("#tab-webcam")
    page.click("#webcam-start")
    expect(page.locator("#webcam-bars .answer")).to_be_visible()
    page.click("#tab-adapt")
    # The model that is used is deleted with the pictures, also if there are more of them now.
    page.click("#adapt-start")
    page.click("#take-4")
    expect(page.locator("#adapt-result")).to_be_hidden()
    expect(page.locator("#model option")).to_have_count(3)
    page.click("#adapt-delete")
    expect(page.locator("#adapt-status")).to_contain_text("deleted")
    expect(page.locator("#model option")).to_have_count(2)
    expect(page.locator(".dot.full")).to_have_count(0)


def test_delete_while_a_picture_is_on_its_way(open_page, expect, hold):
    page = open_page("adapt")
    held = hold(page, "**/v1/adapt/*/happy")
    page.click("#adapt-start")
    with page.expect_request("**/v1/adapt/*/happy"):
        page.click("#take-4")
    page.click("#adapt-delete")
    expect(page.locator("#adapt-status")).to_contain_text("deleted")
    held[0].continue_()
    page.wait_for_timeout(100)
    expect(page.get_by_role("alert")).to_have_count(0)
    # The next person begins anew.
    page.unroute_all()
    page.click("#adapt-start")
    page.click("#take-4")
    expect(page.locator(".dot.full")).to_have_count(1)
