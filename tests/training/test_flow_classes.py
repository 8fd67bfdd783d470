"""A flow of folders and a model: labels mean the same, or it is said."""

import numpy as np
import pytest
from PIL import Image

from handvision import models, training
from handvision.augment.keras_compat import ImageDataGenerator
from handvision.training import check_classes


def flow(folder, names, **options):
    for name in names:
        (folder / name).mkdir()
        for number in range(2):
            Image.fromarray(np.full((32, 32), 90, np.uint8)).save(folder / name / f"{number}.png")
    options = {"target_size": (32, 32), "color_mode": "grayscale"} | options
    return ImageDataGenerator(rescale=1 / 255).flow_from_directory(folder, **options)


@pytest.fixture(scope="module")
def classifier():
    return models.build_classifier((32, 32, 1), 3, class_names=["stop", "fist", "palm"], name="signs")


def test_the_models_own_order_passes(classifier, tmp_path):
    names = models.class_names(classifier)
    check_classes(classifier, flow(tmp_path, names, classes=list(names)))


def test_folders_in_the_order_of_the_alphabet_are_refused(classifier, tmp_path):
    message = "signs tells apart stop, fist, palm, but .* in another order: fist, palm, stop.*classes=list"
    with pytest.raises(ValueError, match=message):
        check_classes(classifier, flow(tmp_path, ("stop", "fist", "palm")))


def test_other_folders_are_refused_before_a_training_begins(classifier, tmp_path):
    compiled = models.classify_masks(classifier, (32, 32, 1))
    training.compile_classifier(compiled, 1e-3)
    data = flow(tmp_path, ("ok", "peace", "rock"))
    with pytest.raises(ValueError, match="other classes: ok, peace, rock"):
        training.fit(compiled, data, epochs=1, folder=tmp_path / "run", seed=0)
    assert not (tmp_path / "run").exists()


def test_what_carries_no_names_passes(classifier, tmp_path):
    check_classes(models.build_unet((32, 32, 3), channels=(4, 8)), flow(tmp_path, ("a", "b")))
    check_classes(classifier, [np.zeros((1, 32, 32, 1))])
