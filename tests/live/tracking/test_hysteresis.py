import pytest

from fer_classic.live import UNCERTAIN, Face
from fer_classic.live.tracking._hysteresis import Hysteresis
from fer_classic.live.tracking._smoothing import make_smoothing

NAMES = ("angry", "happy", "neutral", "sad")


def face(scores, threshold=0.0, reason="", kind="probability"):
    scores = dict(zip(NAMES, scores, strict=True))
    best = max(scores, key=scores.get)
    unsure = bool(reason) or scores[best] < threshold
    return Face((0, 0, 9, 9), UNCERTAIN if unsure else best, scores, kind, None, reason=reason)


def shown(frames, *, n_frames=10, by_lead=True, threshold=0.0, **options):
    step = Hysteresis(n_frames=n_frames, by_lead=by_lead, threshold=threshold).start()
    return [step(face(scores, threshold, **options)).expression for scores in frames]


def averaged(frames, window=10):
    """Scores as the average gives them."""
    step = make_smoothing("average", window).start()
    frames = [dict(zip(NAMES, scores, strict=True)) for scores in frames]
    return [tuple(step(max(f, key=f.get), f)[1].values()) for f in frames]


HAPPY, ANGRY, SAD = (0.27, 0.36, 0.2, 0.17), (0.36, 0.27, 0.2, 0.17), (0.1, 0.1, 0.1, 0.7)


@pytest.mark.parametrize("period", [2, 3, 6, 10])
def test_alternating_scores_do_not_flip(period):
    frames = [HAPPY if k % period < (period + 1) // 2 else ANGRY for k in range(120)]
    assert set(shown(averaged(frames))) == {"happy"}
    assert set(shown(averaged(frames), threshold=0.47)) == {UNCERTAIN}
    # About the threshold, too.
    assert len(set(shown(averaged(frames), threshold=0.31))) == 1


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.35, 0.47])
def test_a_change_by_a_clear_lead_comes_at_once(threshold):
    names = shown([(0.1, 0.8, 0.05, 0.05), SAD], threshold=threshold)
    assert names == ["happy", "sad"]


@pytest.mark.parametrize("n_frames", [1, 3, 10])
@pytest.mark.parametrize("after", [ANGRY, SAD])
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.4])
def test_a_change_that_stays_comes_within_n_frames(n_frames, after, threshold):
    names = shown([HAPPY] * 5 + [after] * n_frames, n_frames=n_frames, threshold=threshold)
    assert names[-1] == face(after, threshold).expression


def test_a_narrow_lead_takes_all_n_frames():
    names = shown([HAPPY] * 2 + [ANGRY] * 12, n_frames=10)
    assert names == ["happy"] * 11 + ["angry"] * 3


def test_what_is_shown_does_not_stay_when_several_others_take_turns():
    frames = [(0.3, 0.26, 0.22, 0.22), (0.22, 0.26, 0.3, 0.22)]
    names = shown([HAPPY] + frames * 10, n_frames=4)
    assert names[3:5] == ["happy", "neutral"]
    assert len(set(names[4:])) == 1


@pytest.mark.parametrize("options", [{"by_lead": False}, {"kind": "decision"}])
def test_scores_without_a_lead_need_time(options):
    names = shown([HAPPY] + [SAD] * 5, n_frames=4, **options)
    assert names == ["happy"] * 4 + ["sad"] * 2


def test_a_face_that_is_blurred_now_and_then_keeps_its_label():
    step = Hysteresis(n_frames=5, by_lead=True, threshold=0.4).start()
    blurred = face(SAD, 0.4, reason="blurred")
    told = [step(f) for f in [face(SAD, 0.4), *[blurred, blurred, face(SAD, 0.4)] * 5]]
    assert {(f.expression, f.reason) for f in told} == {("sad", "")}
    told = [step(blurred) for _ in range(5)]
    assert (told[3].expression, told[3].reason) == ("sad", "")
    assert (told[4].expression, told[4].reason) == (UNCERTAIN, "blurred")


def test_people_do_not_mix():
    hysteresis = Hysteresis(n_frames=10, by_lead=True, threshold=0.0)
    one, other = hysteresis.start(), hysteresis.start()
    assert one(face(HAPPY)).expression == "happy"
    assert other(face(ANGRY)).expression == "angry"


def test_a_face_without_scores():
    step = Hysteresis(n_frames=2, by_lead=False, threshold=0.0).start()
    bare = [Face((0, 0, 9, 9), name, None, None, None) for name in ("sad", "happy", "happy")]
    assert [step(f).expression for f in bare] == ["sad", "sad", "happy"]
