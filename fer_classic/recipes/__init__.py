"""Named pipelines: ``make_recipe("svm_lbp")`` returns an unfitted ``Pipeline``."""

from fer_classic.recipes import (  # noqa: F401  (registers the recipes)
    _pipelines,
    _pipelines_cnn,
    _pipelines_fusion,
    _pipelines_small,
)
from fer_classic.recipes._registry import (
    describe_recipe,
    list_recipes,
    make_recipe,
    pretrained_on,
    recipe,
    recipe_grid,
)

__all__ = [
    "describe_recipe",
    "list_recipes",
    "make_recipe",
    "pretrained_on",
    "recipe",
    "recipe_grid",
]
