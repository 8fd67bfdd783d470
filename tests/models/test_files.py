"""Models as files: small enough, the same to the bit when loaded, and the same under JAX."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from handvision.models import build_classifier, build_deeplab_v3_plus, build_unet, combine

from .conftest import brightness_segmenter, drawn_hands, shake

MEGABYTE = 1e6

# Run where Keras is on JAX: loads each model and answers the pictures beside it.
ANSWER = """
import sys
from pathlib import Path
import keras, numpy as np
import handvision.models
assert keras.backend.backend() == "jax"
for path in Path(sys.argv[1]).glob("*.keras"):
    outputs = keras.models.load_model(path).predict(np.load(path.with_suffix(".npy")), verbose=0)
    outputs = outputs if isinstance(outputs, dict) else {"mask": outputs}
    np.savez(path.with_suffix(".npz"), **{name: np.asarray(value) for name, value in outputs.items()})
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "build, limit",
    [
        (build_classifier, 2),
        (lambda: build_classifier(num_classes=20), 2),
        (build_unet, 8),
        (build_deeplab_v3_plus, 12),
        (lambda: combine(build_unet(), build_classifier()), 10),
    ],
    ids=["classifier", "gestures", "unet", "deeplab", "mask_alone"],
)
def test_released_files_keep_their_limits_and_load_to_the_bit(build, limit, tmp_path):
    model = shake(build())
    path = tmp_path / "model.keras"
    model.save(path)
    assert path.stat().st_size <= limit * MEGABYTE

    loaded = keras.models.load_model(path, safe_mode=True)
    x = np.random.default_rng(0).random((2, *model.input_shape[1:]), "float32")
    for a, b in zip(keras.tree.flatten(model(x)), keras.tree.flatten(loaded(x)), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.soak
def test_the_same_weights_answer_alike_under_jax(unet, deeplab, seeing, tmp_path):
    pytest.importorskip("jax")
    photos = drawn_hands(4)
    models = {
        "unet": (unet, photos),
        "deeplab": (deeplab, photos),
        "combined": (combine(brightness_segmenter(), seeing), photos),
    }
    for name, (model, x) in models.items():
        model.save(tmp_path / f"{name}.keras")
        np.save(tmp_path / f"{name}.npy", x)
    environment = {
        **os.environ,
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": "--xla_backend_optimization_level=0",  # compiles a quarter as long
    }
    subprocess.run([sys.executable, "-c", ANSWER, str(tmp_path)], env=environment, check=True, timeout=300)
    for name, (model, x) in models.items():
        outputs = model(x)
        outputs = outputs if isinstance(outputs, dict) else {"mask": outputs}
        with np.load(tmp_path / f"{name}.npz") as answers:
            assert set(answers) == set(outputs)
            for key, value in outputs.items():
                np.testing.assert_allclose(
                    np.asarray(value, "float32"), np.float32(answers[key]), atol=1e-4, err_msg=f"{name} {key}"
                )
