"""Accuracy, calibration and baselines of a classifier whose answers are known."""

import numpy as np
import pytest

from handvision import evaluation
from handvision.core.examples import Examples
from tests.helpers.discs import SIZE, pointer, pointers


def test_three_accuracies_confusion_and_baseline(classifier):
    examples = pointers([10, -20, 160], [0, 0, 0])  # the third is labelled wrong
    result = evaluation.evaluate_classifier(classifier, examples, angles=(0, 180))
    assert (result["n"], result["n_rotated"]) == (3, 6)
    assert result["accuracy_upright"] == pytest.approx(2 / 3)
    assert result["accuracy_by_angle"] == {0: pytest.approx(2 / 3), 180: pytest.approx(1 / 3)}
    assert result["accuracy_all_rotations"] == pytest.approx(0.5)
    assert result["confusion"] == [[3, 3], [0, 0]]
    assert result["accuracy_by_class"] == [0.5, None]
    assert result["baseline"] == 1.0
    assert result["class_names"] == ["up", "down"]
    assert evaluation.accuracy(classifier, examples) == pytest.approx(2 / 3)
    assert evaluation.accuracy_by_angle(classifier, examples, (0, 180)) == result["accuracy_by_angle"]


def test_rotation_is_compared_with_the_known_direction(classifier):
    degrees = np.array([0, 50, -130, 170], np.float32)
    examples = pointers(degrees, [0, 0, 1, 1], rotations=degrees)
    result = evaluation.evaluate_classifier(classifier, examples, mirror=True)
    assert result["rotation"]["reference"] == "direction"
    assert result["rotation"]["mean_absolute_degrees"] < 2
    assert result["rotation"]["within_10_degrees"] == 1
    assert result["rotation"]["n"] == result["n_rotated"] == 4 * 12 * 2


def test_rotation_without_known_direction_is_compared_with_the_turn(classifier):
    unknown = np.full(2, np.nan, np.float32)
    examples = pointers([20, -160], [0, 1], rotations=unknown)
    result = evaluation.evaluate_classifier(classifier, examples, angles=(0, 60, 90), mirror=True)["rotation"]
    assert result["reference"] == "turn"
    assert result["n"] == 2 * 5  # the untouched picture is no test
    assert result["mean_absolute_degrees"] < 2
    partly = pointers([20, -160], [0, 1], rotations=np.array([20, np.nan], np.float32))
    result = evaluation.evaluate_classifier(classifier, partly, angles=(0, 60))["rotation"]
    assert (result["reference"], result["n"], result["n_unknown"]) == ("direction", 2, 2)


def test_limit_takes_the_same_sample_for_the_same_seed(classifier):
    rng = np.random.default_rng(0)
    examples = pointers(rng.uniform(-180, 180, 40), rng.integers(0, 2, 40))
    a, b = (evaluation.evaluate_classifier(classifier, examples, (0, 90), limit=10, seed=3) for _ in range(2))
    assert a == b
    assert a["n"] == 10


def test_batches_change_nothing(classifier):
    masks = np.stack([pointer(d) for d in range(0, 350, 50)])
    whole = evaluation.model_outputs(classifier, masks)
    parts = evaluation.model_outputs(classifier, masks, batch_size=3)
    assert set(whole) == {"gesture", "rotation", "has_hand"}
    assert all(np.allclose(whole[name], parts[name], atol=1e-6) for name in whole)
    assert whole["gesture"].shape == (7, 2)


def test_negatives_that_are_called_empty_are_not_counted_as_read(classifier):
    masks = np.stack([pointer(0), pointer(180), np.zeros((SIZE, SIZE, 1), np.uint8)])
    figures = evaluation.evaluate_negatives(classifier, masks)
    assert figures == {
        "n": 3,
        "found": pytest.approx(2 / 3),
        "read_with_confidence": pytest.approx(2 / 3),
    }


def test_calibration_error_of_known_answers():
    # Four answers at 0.75, three of them right: 0. Two at 0.95, one right: 0.45.
    probabilities = np.array([[0.75, 0.25]] * 4 + [[0.95, 0.05]] * 2)
    labels = np.array([0, 0, 0, 1, 0, 1])
    error = evaluation.expected_calibration_error(probabilities, labels, bins=10)
    assert error == pytest.approx(2 / 6 * 0.45)
    assert evaluation.expected_calibration_error(np.eye(2), np.array([0, 1])) == 0


def test_nearest_neighbour_reads_shapes_wherever_they_lie():
    def bar(row, column, wide):
        mask = np.zeros((SIZE, SIZE, 1), np.uint8)
        mask[row : row + (4 if wide else 12), column : column + (12 if wide else 4)] = 255
        return mask

    def bars(places):
        masks = np.stack([bar(*place, wide) for place in places for wide in (True, False)])
        return Examples("bars", masks=masks, labels=np.array([0, 1] * len(places)))

    train, test = bars([(2, 3), (8, 8)]), bars([(15, 16), (1, 18), (19, 2)])
    assert evaluation.nearest_neighbour_accuracy(train, test) == 1
    # A lying bar turned by 90 degrees is a standing one: nothing is left to tell them apart.
    assert evaluation.nearest_neighbour_accuracy(train, test, angles=(0, 90)) == pytest.approx(0.5, abs=0.25)
    wrong = Examples("wrong", masks=test.masks, labels=1 - test.labels)
    assert evaluation.nearest_neighbour_accuracy(train, wrong) == 0
