"""Every transformer takes every legal batch, and gives finite numbers of one shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from fer_classic.base import ImageFilter, LearnedDescriptor
from tests.test_estimators import ROSTER

pytestmark = pytest.mark.filterwarnings("ignore::fer_classic.exceptions.NoEyesWarning")

_PIXELS = ("noise", "black", "white", "one pixel", "stripes")
_LAYOUTS = ("C", "F", "view", "read-only")


@st.composite
def batches(draw):
    """Batches of small images of any legal dtype, content and layout in memory."""
    shape = draw(st.tuples(*[st.integers(16, 24)] * 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    levels = []
    for pixels in draw(st.lists(st.sampled_from(_PIXELS), min_size=1, max_size=3)):
        image = np.full(shape, 255 * (pixels == "white"))
        if pixels == "noise":
            image = rng.integers(0, 256, shape)
        elif pixels == "one pixel":
            image[tuple(rng.integers(0, shape))] = 255
        elif pixels == "stripes":
            image[:, ::2] = 255
        levels.append(image)
    batch = np.stack(levels)
    dtype = np.dtype(draw(st.sampled_from(["u1", "i2", "u4", "i8", "f4", "f8"])))
    batch = (batch / 255 if dtype.kind == "f" else batch).astype(dtype)
    return laid_out(batch, draw(st.sampled_from(_LAYOUTS)))


def laid_out(batch, layout):
    if layout == "view":
        wide = np.repeat(batch, 2, axis=2)[:, ::-1, ::2]
        assert not wide.flags.c_contiguous
        return wide
    batch = np.array(batch, order="F" if layout == "F" else "C")
    batch.flags.writeable = layout != "read-only"
    return batch


NOISE = np.random.default_rng(0).integers(0, 256, (6, 24, 24), dtype=np.uint8)


@pytest.mark.parametrize("estimator", ROSTER, ids=repr)
@given(batch=batches())
def test_every_legal_batch_is_transformed(estimator, batch):
    before = batch.copy()
    transformer = clone(estimator)
    if isinstance(estimator, LearnedDescriptor):
        # They cannot learn from constant images, but meet them later.
        transformer.fit(NOISE[:, : batch.shape[1], : batch.shape[2]])
        result = transformer.transform(batch)
    else:
        result = transformer.fit_transform(batch)
    is_filter = isinstance(estimator, ImageFilter)
    assert result.dtype == (np.uint8 if is_filter else np.float32)
    assert (len(result), result.ndim) == (len(batch), 3 if is_filter else 2)
    assert np.isfinite(result).all()
    assert result[0].size == len(transformer.get_feature_names_out())
    np.testing.assert_array_equal(batch, before)
    np.testing.assert_allclose(transformer.transform(batch[:1])[0], result[0], atol=1e-4)
