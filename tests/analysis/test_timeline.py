import pytest

from fer_classic.analysis import Timeline
from fer_classic.live import UNCERTAIN, Sink
from tests.analysis.conftest import face, frame


def timeline(*frames, fps=None):
    line = Timeline(["happy", "sad"], fps=fps)
    for one in frames:
        assert line.write(one) is True
    return line


def spans(line, **options):
    return [
        (e["track"], e["expression"], round(e["start"], 9), round(e["end"], 9), e["frames"])
        for e in line.episodes(**options)
    ]


def shown(text, *, step=1.0):
    """One person, a letter for each frame: happy, sad, uncertain, or not in sight."""
    names = {"h": "happy", "s": "sad", "u": UNCERTAIN}
    return timeline(
        *(
            frame(k, k * step, *([face(names[letter])] if letter in names else []))
            for k, letter in enumerate(text)
        )
    )


def test_it_is_a_sink():
    assert isinstance(Timeline(["happy"]), Sink)
    with Timeline(["happy"]) as line:
        assert line.summary() == line.episodes() == []
        assert (line.start, line.end, line.n_frames) == (0, 0, 0)


def test_runs_of_two_people_by_hand():
    line = timeline(
        frame(0, 0.0, face("happy", 1, 0.9)),
        frame(1, 0.5, face("happy", 1, 0.7), face("sad", 2, 0.6)),
        frame(2, 1.5, face("sad", 1, 0.8), face("sad", 2, 0.8)),
        frame(3, 2.0),
        frame(4, 2.5, face("sad", 1, 0.6)),
        fps=2,
    )
    assert (line.n_frames, line.start, line.end) == (5, 0.0, 3.0)
    assert spans(line) == [
        (1, "happy", 0.0, 1.5, 2),
        (2, "sad", 0.5, 2.0, 2),
        (1, "sad", 1.5, 2.0, 1),
        (1, "sad", 2.5, 3.0, 1),
    ]
    assert [e["mean_score"] for e in line.episodes()] == pytest.approx([0.8, 0.7, 0.8, 0.6])
    assert [e["seconds"] for e in line.episodes()] == pytest.approx([1.5, 1.5, 0.5, 0.5])
    first, second = line.summary()
    assert first == pytest.approx(
        {
            "track": 1,
            "first_seen": 0.0,
            "last_seen": 3.0,
            "seconds": 2.5,
            "frames": 4,
            "expression": "happy",
            "share_happy": 0.6,
            "share_sad": 0.4,
            "share_uncertain": 0.0,
            "score_happy": (0.9 + 0.7 + 0.2 + 0.4) / 4,
            "score_sad": (0.1 + 0.3 + 0.8 + 0.6) / 4,
        }
    )
    assert (second["track"], second["seconds"], second["share_sad"]) == (2, 1.5, 1.0)


def test_people_are_in_the_order_of_their_appearance():
    line = timeline(frame(0, 0.0, face("happy", 7), face("happy", 3)), frame(1, 1.0, face("sad")))
    assert [row["track"] for row in line.summary()] == [7, 3, 1]


def test_uncertain_is_a_share_and_an_episode_without_a_score():
    line = shown("hu")
    assert line.summary()[0]["share_uncertain"] == 0.5
    assert [e["mean_score"] for e in line.episodes()] == [0.8, None]


@pytest.mark.parametrize(
    ("text", "least", "expected"),
    [
        ("hhhshhh", 0, [("happy", 0, 3), ("sad", 3, 4), ("happy", 4, 7)]),
        ("hhhshhh", 2, [("happy", 0, 7)]),
        ("hhhsshhh", 2, [("happy", 0, 3), ("sad", 3, 5), ("happy", 5, 8)]),
        ("hhh-hhh", 2, [("happy", 0, 7)]),
        ("hhh--hhh", 2, [("happy", 0, 3), ("happy", 5, 8)]),
        ("hhhshhss", 2, [("happy", 0, 6), ("sad", 6, 8)]),
        ("hshs", 2, []),
    ],
)
def test_a_minimum_length(text, least, expected):
    found = [
        (e["expression"], e["start"], e["end"]) for e in shown(text).episodes(min_seconds=least)
    ]
    assert found == expected


def test_the_minimum_length_itself_is_long_enough():
    # 0.3 - 0.1 is a little less than 0.2.
    line = timeline(frame(0, 0.0), frame(1, 0.1, face("sad")), frame(2, 0.3))
    assert len(line.episodes(min_seconds=0.2)) == 1


def test_joined_runs_count_their_own_frames():
    assert spans(shown("hhhshhh"), min_seconds=2) == [(1, "happy", 0.0, 7.0, 6)]


def test_missing_frames_count_for_a_second_at_most():
    assert spans(timeline(frame(0, 0.0, face("sad")), frame(250, 10.0)))[0][3] == 1.0
    assert spans(timeline(frame(0, 0.0, face("sad")), frame(3, 0.1)))[0][3] == 0.1
    # Slow pictures, of which none is missing.
    assert spans(timeline(frame(0, 0.0, face("sad")), frame(1, 10.0)))[0][3] == 10.0


def test_the_last_frame_lasts_as_the_rate_says_or_as_the_one_before():
    frames = frame(0, 0.0), frame(1, 0.5, face("sad"))
    assert spans(timeline(*frames))[0][3] == 1.0
    assert spans(timeline(*frames, fps=4))[0][3] == 0.75


def test_a_single_frame_without_a_rate_has_shares_all_the_same():
    row = timeline(frame(0, 2.0, face("sad"))).summary()[0]
    assert (row["seconds"], row["expression"], row["share_sad"]) == (0.0, "sad", 1.0)
    assert timeline(frame(0, 2.0, face("sad")), fps=25).summary()[0]["seconds"] == pytest.approx(
        0.04
    )


def test_faces_without_tracks_are_one_person():
    line = timeline(frame(0, 0.0, face("happy", None), face("sad", None)), fps=1)
    assert spans(line) == [(None, "happy", 0.0, 1.0, 1)]


def test_classes_of_another_model():
    with pytest.raises(ValueError, match="expression 'bored'"):
        timeline(frame(0, 0.0, face("bored")))


def test_a_negative_length():
    with pytest.raises(ValueError, match="min_seconds must be 0 or more, got -1"):
        shown("h").episodes(min_seconds=-1)


def test_data_frames():
    pytest.importorskip("pandas")
    line = shown("hs-")
    people, episodes = line.summary(to_dataframe=True), line.episodes(to_dataframe=True)
    assert list(people.columns) == list(line.summary()[0])
    assert people.dtypes.astype(str)[["track", "share_sad"]].tolist() == ["Int64", "float64"]
    assert list(episodes["expression"]) == ["happy", "sad"]
    assert list(Timeline(["sad"]).episodes(to_dataframe=True).columns) == list(line.episodes()[0])
