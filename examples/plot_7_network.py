"""
Training a network
==================

``CNNClassifier`` is a scikit-learn classifier that takes images and predicts names. Here, a small
network is trained on few images, so the example runs in seconds. Networks need the extra ``cnn``.
"""

# %%
# Defining a network
# ------------------
# A network is defined by a function of the number of classes and the image shape that returns an
# ``nn.Module``. The default is the network of the recipe ``cnn``, with 0.93 million parameters.
import matplotlib.pyplot as plt
from torch import nn

from fer_classic.datasets import load_drawn_faces
from fer_classic.neural import CNNClassifier, network_summary
from fer_classic.plotting import plot_history


def small_network(n_classes, image_shape):
    """Two convolutions and a linear layer."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, stride=2, padding=2),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(6),
        nn.Flatten(),
        nn.Linear(16 * 36, n_classes),
    )


print(network_summary(small_network))

# %%
# Training
# --------
# Part of the training set is held out to choose the best epoch. With ``groups``, this split keeps
# subjects apart too. The last four subjects are the test set.
faces = load_drawn_faces()
images, names = load_drawn_faces(return_X_y=True)
train = faces.subjects <= "D12"
model = CNNClassifier(small_network, epochs=8, augment="flip", random_state=0)
model.fit(images[train], names[train], groups=faces.subjects[train])
print(f"accuracy on unseen subjects: {model.score(images[~train], names[~train]):.2f}")

# %%
# The history
# -----------
_, axes = plt.subplots(2, 1, figsize=(6.4, 5.6), sharex=True)
plot_history(model.history_, axes=axes, best_epoch=model.best_epoch_)
plt.show()
