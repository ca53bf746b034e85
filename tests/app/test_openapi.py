import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.routing import Route

from fer_classic.app import Limits, create_app
from fer_classic.app._openapi import PATHS, describe_service
from tests.app.clips import PICTURE, write_video

OPERATIONS = [(path, method) for path, methods in PATHS.items() for method in methods]


@pytest.fixture
def schema(models, photo, tmp_path):
    for kind in ("image/*", "application/octet-stream"):
        schemathesis.openapi.media_type(kind, st.just(photo))
    video = write_video(tmp_path / "v.avi", PICTURE)
    schemathesis.openapi.media_type("video/*", st.just(video))
    # Whether a threshold goes with a model is not part of the description.
    models.remove("named")
    schema = schemathesis.openapi.from_dict(describe_service(models))
    schema.app = create_app(models, limits=Limits(parallel=1))
    return schema


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_answers_are_as_described(path, method, schema):
    statuses = set()
    # Which faces there are depends on the photo, and which classes on the model.
    exempt = [positive_data_acceptance] if path == "/v1/explain" else []

    @seed(0)
    @settings(
        max_examples=5 if method == "post" else 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy())
    def ask(case):
        answer = case.call_and_validate(base_url="http://localhost", excluded_checks=exempt)
        statuses.add(answer.status_code)

    ask()
    # Nobody guesses the id of a video.
    assert statuses & ({404} if "{id}" in path else {200, 202})


def test_everything_is_described(models):
    app = create_app(models, limits=Limits(parallel=1))
    routes = {route.path for route in app.routes if isinstance(route, Route)}
    assert routes == set(PATHS)


def test_the_description_names_what_there_is(client):
    described = client.get("/openapi.json").json()
    parameters = described["components"]["parameters"]
    assert parameters["model"]["schema"]["enum"] == ["bright", "named"]
    assert parameters["detector"]["schema"]["enum"] == ["haar"]
    assert "en" in parameters["labels"]["schema"]["enum"]
