"""What importing the package costs and registers, each in a process of its own."""

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "jax", "matplotlib", "sklearn", "scipy")

LIST = "import handvision as h; print(all(hasattr(h, name) and name in dir(h) for name in h.__all__))"
REGISTERED = "; print(keras.saving.get_registered_object('handvision>BoundingBoxCropLayer'))"
LAYER = "<class 'handvision.models.layers.bounding_box_crop.BoundingBoxCropLayer'>"

# What is run -> what it prints.
CASES = {
    "predict loads no framework": (
        f"import sys, handvision; handvision.predict; print(set({HEAVY}) & set(sys.modules))",
        "set()",
    ),
    "the choice of TensorFlow's kernels is made": (
        "import os, handvision; print(os.environ['TF_ENABLE_ONEDNN_OPTS'])",
        "1",
    ),
    "public names are listed and found": (LIST, "True"),
    "after Keras, the package registers its layers": ("import keras, handvision" + REGISTERED, LAYER),
    "before Keras, the models do": ("import handvision.models, keras" + REGISTERED, LAYER),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_importing(case):
    code, expected = CASES[case]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == expected, done.stderr


def test_an_unknown_name_is_an_attribute_error():
    import handvision

    with pytest.raises(AttributeError, match="no attribute 'predicct'"):
        handvision.predicct  # noqa: B018
