"""
Training the network
====================

Networks are classifiers like all others: images in, names out. This one is tiny and sees few
images, so that the page builds in seconds. Networks need the extra ``cnn``.
"""

# %%
# A network of one's own
# ----------------------
# A function from the number of classes and the size of the images to an ``nn.Module``. Leave out
# ``network=`` for the network of the recipe ``cnn``, which has 0.93 million parameters.
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
# A part of the training images is held out to choose the best epoch. ``groups`` keeps each person
# on one side of that split as well; the last four people are for testing.
faces = load_drawn_faces()
images, names = load_drawn_faces(return_X_y=True)
known = faces.subjects <= "D12"
model = CNNClassifier(small_network, epochs=8, augment="flip", random_state=0)
model.fit(images[known], names[known], groups=faces.subjects[known])
print(f"accuracy on new people: {model.score(images[~known], names[~known]):.2f}")

# %%
# The history
# -----------
_, axes = plt.subplots(2, 1, figsize=(6.4, 5.6), sharex=True)
plot_history(model.history_, axes=axes, best_epoch=model.best_epoch_)
plt.show()
