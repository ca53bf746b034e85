"""
Comparing recipes without leakage
=================================

In a random split, the same subjects are in the training and the test set, which inflates the
scores. The protocol ``group-kfold`` keeps all images of a subject in one fold.
"""

# %%
# Two ways to make folds
# ----------------------
# A small data set keeps the run time short.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone

from fer_classic.datasets import make_drawn_faces
from fer_classic.evaluation import compare, fit_with_groups, independent_units, make_folds, score
from fer_classic.expressions import decode
from fer_classic.recipes import make_recipe

faces = make_drawn_faces(n_subjects=8, n_per_class=2, seed=1)
names = decode(faces.target, faces.target_names)
units = independent_units(faces)

for protocol in ("kfold", "group-kfold"):
    fold = make_folds(faces, protocol, n_folds=4)[0]
    shared = np.intersect1d(faces.subjects[fold.train], faces.subjects[fold.test])
    print(f"{protocol}: {len(shared)} subjects in training and test of the first fold")


# %%
# ``fit_with_groups`` passes the groups to the steps that need inner folds, here the calibration.
def out_of_fold(model, protocol):
    """Predict each image with a model that was fitted on the other folds."""
    predicted = np.empty_like(names)
    for fold in make_folds(faces, protocol, n_folds=4):
        fitted = fit_with_groups(
            clone(model), faces.images[fold.train], names[fold.train], units[fold.train]
        )
        predicted[fold.test] = fitted.predict(faces.images[fold.test])
    return predicted


# %%
# The scores
# ----------
# The confidence intervals are from a bootstrap over subjects.
recipes = ("pixels_svm", "svm_hog")
predictions = {
    (recipe, protocol): out_of_fold(make_recipe(recipe), protocol)
    for recipe in recipes
    for protocol in ("group-kfold", "kfold")
}
_, ax = plt.subplots(figsize=(6, 3))
for row, ((recipe, protocol), predicted) in enumerate(predictions.items()):
    accuracy = score(names, predicted, classes=np.unique(names), units=units)["accuracy"]
    value, low, high = (100 * accuracy[key] for key in ("value", "low", "high"))
    print(f"{recipe}, {protocol}: {value:.1f} [{low:.1f}, {high:.1f}] %")
    color = "tab:blue" if protocol == "group-kfold" else "tab:gray"
    ax.errorbar(value, row, xerr=[[value - low], [high - value]], fmt="o", color=color)
ax.set_yticks(range(len(predictions)), [" ".join(key) for key in predictions])
ax.set_xlabel("accuracy in percent, with 95 % confidence interval")
ax.figure.tight_layout()

# %%
# Is one recipe better?
# ---------------------
# Both recipes predict the same images, so a paired comparison is possible.
first, second = (predictions[recipe, "group-kfold"] for recipe in recipes)
difference = compare(names, second, first, units=units)
print(
    f"{recipes[1]} minus {recipes[0]}: {100 * difference['difference']:.1f} "
    f"[{100 * difference['low']:.1f}, {100 * difference['high']:.1f}] points, "
    f"p = {difference['p_value']:.4f}"
)
plt.show()
