"""What importing the package costs and registers, each in a process of its own."""

import importlib
import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "jax", "matplotlib", "sklearn", "scipy")

FOUND = "import handvision as h; print(all(hasattr(h, name) for name in h.__all__))"
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
    "public names are found": (FOUND, "True"),
    "after Keras, the package registers its layers": ("import keras, handvision" + REGISTERED, LAYER),
    "before Keras, the models do": ("import handvision.models, keras" + REGISTERED, LAYER),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_importing(case):
    code, expected = CASES[case]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == expected, done.stderr


@pytest.mark.parametrize("package", ["handvision", "handvision.protocol", "handvision.training"])
def test_public_names_are_imported_when_they_are_used(package):
    package = importlib.import_module(package)
    assert all(hasattr(package, name) and name in dir(package) for name in package.__all__)
    with pytest.raises(AttributeError, match=f"'{package.__name__}' has no attribute 'predicct'"):
        package.predicct  # noqa: B018
