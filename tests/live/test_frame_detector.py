from fer_classic.faces import HaarDetector, make_detector
from fer_classic.live import Recognizer, make_frame_detector
from tests.live.test_stream import BOX, Brightness, Fixed, stream


def test_haar_searches_frames_at_a_smaller_size():
    assert make_frame_detector("haar").shorter_side == 270
    assert make_frame_detector("haar", shorter_side=100, min_size=0.3).get_params() == (
        HaarDetector(shorter_side=100, min_size=0.3).get_params()
    )


def test_yunet_searches_frames_at_a_smaller_size():
    assert make_frame_detector("yunet").longer_side == 320
    assert make_frame_detector("yunet", longer_side=480).longer_side == 480


def test_the_default_searches_frames_for_larger_faces():
    assert (
        make_frame_detector().get_params() == make_detector("pyramid", min_size=0.12).get_params()
    )
    assert make_frame_detector(min_size=40).min_size == 40


def test_other_detectors_are_as_they_are():
    mtcnn = make_frame_detector("mtcnn")
    assert mtcnn.get_params() == make_detector("mtcnn").get_params()
    detector = HaarDetector()
    assert make_frame_detector(detector) is detector


def test_a_recognizer_has_one_detector_for_photos_and_one_for_frames():
    recognizer = Recognizer(Brightness(), detector="haar")
    assert (recognizer.detector.shorter_side, recognizer.frame_detector.shorter_side) == (None, 270)
    recognizer = Recognizer(
        Brightness(), detector="haar", frame_detector=make_detector("haar", shorter_side=90)
    )
    assert (recognizer.detector.shorter_side, recognizer.frame_detector.shorter_side) == (None, 90)
    chosen = HaarDetector()
    recognizer = Recognizer(Brightness(), detector=chosen)
    assert recognizer.detector is recognizer.frame_detector is chosen


def test_a_stream_is_searched_with_the_detector_for_frames():
    recognizer = stream(Brightness(), BOX)
    recognizer.recognizer.frame_detector = Fixed()
    assert recognizer._tracker.detector is recognizer.recognizer.detector
    other = type(recognizer)(recognizer.recognizer)
    assert other._tracker.detector is recognizer.recognizer.frame_detector
