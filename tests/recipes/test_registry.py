import pytest
from sklearn.pipeline import Pipeline

from fer_classic.exceptions import UnknownNameError
from fer_classic.recipes import (
    _registry,
    describe_recipe,
    list_recipes,
    make_recipe,
    pretrained_on,
    recipe,
    recipe_grid,
)
from fer_classic.recipes._registry import parse_setting


@pytest.fixture
def empty_registry(monkeypatch):
    monkeypatch.setattr(_registry, "_RECIPES", {})


@pytest.mark.usefixtures("empty_registry")
class TestOwnRecipes:
    def register(self):
        @recipe(grid={"flatten__image_shape": [None, (1, -1)]})
        def flat_rows():
            """Pixels and nothing else.

            What follows the first line is for readers of the code.
            """
            from fer_classic.features import Flatten

            return Pipeline([("flatten", Flatten())])

        return flat_rows

    def test_it_is_listed_described_and_made(self):
        function = self.register()
        assert list_recipes() == ["flat_rows"]
        assert describe_recipe("flat_rows") == "Pixels and nothing else."
        assert recipe_grid("flat_rows") == {"flatten__image_shape": [None, (1, -1)]}
        made = make_recipe("flat_rows", flatten__image_shape=(2, 2))
        assert made.named_steps["flatten"].image_shape == (2, 2)
        assert isinstance(function(), Pipeline)

    def test_every_call_makes_a_new_one(self):
        self.register()
        first, second = make_recipe("flat_rows"), make_recipe("flat_rows")
        first.set_params(flatten__image_shape=(2, 2))
        assert second.named_steps["flatten"].image_shape is None

    def test_changing_a_grid_changes_nothing_here(self):
        self.register()
        recipe_grid("flat_rows")["flatten__image_shape"].append("mine")
        assert recipe_grid("flat_rows")["flatten__image_shape"] == [None, (1, -1)]

    @pytest.mark.parametrize("doc", [None, "", "  \n "])
    def test_it_says_what_it_is(self, doc):
        def silent():
            return Pipeline([])

        silent.__doc__ = doc
        with pytest.raises(ValueError, match="recipe 'silent' needs a one-line docstring"):
            recipe()(silent)
        assert list_recipes() == []


@pytest.mark.parametrize("function", [make_recipe, describe_recipe, pretrained_on, recipe_grid])
def test_unknown_recipes_get_close_matches(function):
    message = "unknown recipe 'svm_lpb'. Did you mean 'svm_lbp'"
    with pytest.raises(UnknownNameError, match=message.replace(".", r"\.")):
        function("svm_lpb")


@pytest.mark.parametrize(
    ("parameter", "close"),
    [
        ("lbp__radii", "lbp__radius"),
        ("svm__alhpa", "svm__alpha"),
        ("lpb__grid", "lbp__grid"),
        ("crop__detector__min_size", "crop__detector"),
    ],
)
def test_unknown_parameters_get_close_matches(parameter, close):
    with pytest.raises(UnknownNameError) as caught:
        make_recipe("svm_lbp", **{parameter: 1})
    message = str(caught.value)
    assert message.startswith(f"the recipe svm_lbp has no parameter {parameter!r}. Did you mean ")
    assert repr(close) in message.partition("Known:")[0]
    assert "lbp__method" in message.partition("Known:")[2]


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("crop", "haar", "crop=haar replaces a whole step; .* such as crop__detector=haar. Known"),
        ("svm", 5, "svm=5 replaces a whole step; .* such as svm__[a-z_]+=5. Known: svm__"),
        ("svm", "x", "svm=x replaces a whole step; .* such as svm__"),
        ("svm", None, "svm=None replaces a whole step; "),
        ("steps", [("svm", 5)], "replaces a whole step; "),
        ("steps", 5, "steps=5 replaces a whole step; .* such as [a-z]+__"),
    ],
)
def test_a_step_is_not_replaced_by_a_value(parameter, value, message):
    with pytest.raises(UnknownNameError, match=message):
        make_recipe("svm_hog", **{parameter: value})


def test_a_step_is_replaced_by_a_step():
    assert make_recipe("svm_hog", crop="passthrough")["crop"] == "passthrough"
    assert make_recipe("svm_hog", svm=Pipeline([]))["svm"].steps == []


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("lbp__radius=2", "lbp__radius", 2),
        ("lbp__radius=(1, 2)", "lbp__radius", (1, 2)),
        ("lbp__radius=1,2", "lbp__radius", (1, 2)),
        ("svm__alpha=0.5", "svm__alpha", 0.5),
        ("svm__alpha = 1e-3 ", "svm__alpha", 0.001),
        ("svm__class_weight={'sad': 2}", "svm__class_weight", {"sad": 2}),
        ("svm__class_weight=balanced", "svm__class_weight", "balanced"),
        ("svm__class_weight='balanced'", "svm__class_weight", "balanced"),
        ("svm__probability=False", "svm__probability", False),
        ("crop__detector=None", "crop__detector", None),
        ("crop__detector=none", "crop__detector", "none"),
        ("a__path=x=y.xml", "a__path", "x=y.xml"),
        ("a__b=", "a__b", ""),
        ("a__b=-3", "a__b", -3),
        ("a__b={[1]: 2}", "a__b", "{[1]: 2}"),
        ("a__b=(1, 2", "a__b", "(1, 2"),
        ("a__b=__import__('os')", "a__b", "__import__('os')"),
        ("a__b=" + "(" * 500, "a__b", "(" * 500),
    ],
)
def test_parse_setting(text, key, value):
    assert parse_setting(text) == (key, value)
    assert type(parse_setting(text)[1]) is type(value)


@pytest.mark.parametrize("text", ["", "lbp__radius", "=2", "  =2", "lbp__radius 2"])
def test_what_is_no_setting(text):
    with pytest.raises(ValueError, match=f"expected step__param=value, got {text!r}"):
        parse_setting(text)


def test_what_a_frozen_step_has_seen():
    assert pretrained_on("svm_deep") == "fer2013"
    assert pretrained_on("svm_fast") is None
