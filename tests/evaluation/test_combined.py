"""From photo to number, with parts whose answers are known."""

import keras
import numpy as np
import pytest

from handvision import evaluation
from handvision.core.examples import Examples
from tests.helpers.discs import SIZE, pointer


def test_combined_model_counts_a_hand_that_is_not_found_as_wrong(classifier, red_segmenter):
    photo = keras.Input((SIZE, SIZE, 3))
    mask = red_segmenter(photo)
    model = keras.Model(photo, {"mask": mask, **classifier(mask)}, name="combined")
    degrees = [10, 170, -20, 150]
    masks = np.stack([pointer(d) for d in degrees])
    photos = np.concatenate([masks, masks, masks], axis=-1)
    photos[2] = 0  # not found
    examples = Examples(
        "reds",
        photos=photos,
        masks=masks,
        labels=np.array([0, 1, 0, 0]),
        rotations=np.array(degrees, np.float32),
    )
    result = evaluation.evaluate_combined(model, examples)
    assert (result["n"], result["accuracy"], result["found"]) == (4, 0.5, 0.75)
    assert result["baseline"] == 0.75, "three of four labels are 0"
    assert result["accuracy_of_found"] == pytest.approx(2 / 3)
    assert result["confusion"] == [[1, 1], [0, 1]]
    assert result["rotation"]["n"] == 3
    assert result["rotation"]["mean_absolute_degrees"] < 2
    assert result["masks"]["iou"] == 0.75
    assert result["right_per_image"].tolist() == [True, True, False, False]
    assert result["iou_per_image"].tolist() == [1, 1, 0, 1]
    assert evaluation.failure_kinds(result) == {
        "no hand found": 0.25,
        "poor mask (IoU under 0.5)": 0,
        "hand found, gesture misread": 0.25,
    }
    unknown = Examples("reds", photos=photos, labels=examples.labels)
    result = evaluation.evaluate_combined(model, unknown)
    assert (result["rotation"], result["masks"]) == (None, None)


def test_accuracy_by_direction_counts_each_hand_to_its_nearest_direction():
    right = np.array([True, False, True, True, False])
    rotations = np.array([10, -14, 179, -170, np.nan])
    assert evaluation.accuracy_by_direction(right, rotations) == {0: 0.5, 180: 1.0}
    with pytest.raises(ValueError, match="divides 360"):
        evaluation.accuracy_by_direction(right, rotations, step=50)
    with pytest.raises(ValueError, match="booleans"):
        evaluation.accuracy_by_direction(right.astype(int), rotations)
