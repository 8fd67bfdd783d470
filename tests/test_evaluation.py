"""Evaluation against values computed by hand, on networks whose answers are known."""

import cv2
import keras
import numpy as np
import pytest
from keras import layers

from handvision import evaluation
from handvision.data.compositing import CORRUPTIONS
from handvision.data.examples import UNKNOWN, Examples

SIZE = 32


def blob(row, column, radius=4, size=SIZE):
    """(size, size, 1) uint8: a disc."""
    y, x = np.mgrid[:size, :size]
    return (((y - row) ** 2 + (x - column) ** 2 <= radius**2) * np.uint8(255))[..., None]


def pointer(degrees, size=SIZE):
    """A disc that lies from the centre in the given direction, counter-clockwise from up."""
    middle, angle = (size - 1) / 2, np.radians(degrees)
    return blob(middle - 9 * np.cos(angle), middle - 9 * np.sin(angle), size=size)


@pytest.fixture(scope="module")
def classifier():
    """Says 0 where more of the mask lies above the middle, 1 below; reads where its centre lies."""
    y, x = np.mgrid[:SIZE, :SIZE].reshape(2, -1) - (SIZE - 1) / 2
    inputs = keras.Input((SIZE, SIZE, 1))
    pixels = layers.Flatten()(inputs)
    gesture = layers.Dense(2, activation="softmax", use_bias=False, name="gesture")
    rotation = layers.Dense(2, use_bias=False, name="rotation")
    has_hand = layers.Dense(1, use_bias=False, name="has_hand")
    outputs = {"gesture": gesture(pixels), "rotation": rotation(pixels), "has_hand": has_hand(pixels)}
    model = keras.Model(inputs, outputs, name="up_or_down")
    gesture.set_weights([np.stack([y < 0, y > 0], axis=1).astype(np.float32)])
    rotation.set_weights([np.stack([-x, -y], axis=1).astype(np.float32)])
    has_hand.set_weights([np.ones((SIZE * SIZE, 1), np.float32)])
    return model


@pytest.fixture(scope="module")
def red_segmenter():
    """Takes the red channel for the mask."""
    inputs = keras.Input((SIZE, SIZE, 3))
    mask = layers.Conv2D(1, 1, use_bias=False, name="mask")
    model = keras.Model(inputs, mask(inputs), name="red")
    mask.set_weights([np.array([1, 0, 0], np.float32).reshape(1, 1, 3, 1)])
    return model


def pointers(degrees, labels, **more):
    masks = np.stack([pointer(d) for d in degrees])
    return Examples("pointers", masks=masks, labels=np.array(labels), class_names=("up", "down"), **more)


# Classifiers ------------------------------------------------------------------------------------


def test_three_accuracies_confusion_and_floor(classifier):
    examples = pointers([10, -20, 160], [0, 0, 0])  # the third is labelled wrong
    result = evaluation.evaluate_classifier(classifier, examples, angles=(0, 180))
    assert (result["n"], result["n_turned"]) == (3, 6)
    assert result["accuracy_upright"] == pytest.approx(2 / 3)
    assert result["accuracy_by_angle"] == {0: pytest.approx(2 / 3), 180: pytest.approx(1 / 3)}
    assert result["accuracy_all_rotations"] == pytest.approx(0.5)
    assert result["confusion"] == [[3, 3], [0, 0]]
    assert result["accuracy_by_class"] == [0.5, None]
    assert result["floor"] == 1.0
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
    assert result["rotation"]["n"] == result["n_turned"] == 4 * 12 * 2


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
    whole = evaluation.predict(classifier, masks)
    parts = evaluation.predict(classifier, masks, batch_size=3)
    assert set(whole) == {"gesture", "rotation", "has_hand"}
    assert all(np.allclose(whole[name], parts[name], atol=1e-6) for name in whole)
    assert whole["gesture"].shape == (7, 2)


def test_confident_share_does_not_count_empty_masks(classifier):
    masks = np.stack([pointer(0), pointer(180), np.zeros((SIZE, SIZE, 1), np.uint8)])
    assert evaluation.confident_share(classifier, masks) == pytest.approx(2 / 3)


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


# Rotation ---------------------------------------------------------------------------------------


def test_rotation_error_is_circular_and_skips_unknown_directions():
    true = np.array([179, -90, np.nan, 0, 10])
    read = np.array([-179, -90, 5, 180, 21])
    result = evaluation.rotation_error(true, read)
    assert result["mean_absolute_degrees"] == pytest.approx((2 + 0 + 180 + 11) / 4)
    assert result["within_10_degrees"] == 0.5
    assert (result["n"], result["n_unknown"]) == (4, 1)
    nothing = evaluation.rotation_error(np.array([np.nan]), np.array([3.0]))
    assert np.isnan(nothing["mean_absolute_degrees"])
    assert nothing["n"] == 0


def test_degrees_and_pairs():
    degrees = np.array([0, 90, -90, 180, -179.5, 45])
    pairs = evaluation.sin_cos_from_degrees(degrees)
    assert np.allclose(pairs[:3], [[0, 1], [1, 0], [-1, 0]], atol=1e-6)
    assert np.allclose(evaluation.degrees_from_sin_cos(3 * pairs), degrees, atol=1e-4)
    assert np.array_equal(evaluation.wrap_degrees([180, -180, 181, 540, 0]), [180, 180, -179, 180, 0])
    assert np.isnan(evaluation.sin_cos_from_degrees(np.array([np.nan]))).all()


def test_turned_masks_point_where_turned_degrees_say():
    start = np.array([0, 30, -100, 170.0])
    masks = np.stack([pointer(d) for d in start])
    turns, mirror = np.array([90, 45, -30, 200.0]), np.array([False, True, True, False])
    expected = evaluation.turned_degrees(start, turns, mirror)
    assert np.allclose(expected, [90, 15, 70, 10])
    for mask, degrees in zip(evaluation.rotate_masks(masks, turns, mirror), expected, strict=True):
        y, x = np.argwhere(mask[..., 0]).mean(axis=0) - (SIZE - 1) / 2
        assert np.degrees(np.arctan2(-x, -y)) == pytest.approx(degrees, abs=2)


def test_turning_by_nothing_or_full_circles_changes_no_bit():
    masks = np.stack([pointer(20), pointer(-70)])
    assert np.array_equal(evaluation.rotate_masks(masks, 0), masks)
    assert np.array_equal(evaluation.rotate_masks(masks, 360), masks)
    assert np.array_equal(evaluation.rotate_masks(masks, 0, True), masks[:, :, ::-1])
    assert np.array_equal(evaluation.rotate_masks(masks, 90), np.rot90(masks, axes=(1, 2)))


@pytest.mark.parametrize("shape", [(32, 32), (24, 48)])
@pytest.mark.parametrize("degrees", [15, 45, 90, 130, 225, 300])
def test_no_finger_is_lost_at_the_border(shape, degrees):
    # Fingers in three corners, and a frame filled by one long arm.
    masks = np.zeros((2, *shape, 1), np.uint8)
    for rows in (slice(0, 6), slice(-6, None)):
        masks[0, rows, :6] = 255
    masks[0, :6, -6:] = 255
    masks[1, shape[0] // 2 - 3 : shape[0] // 2 + 3] = 255
    turned = evaluation.rotate_masks(masks, degrees)
    assert set(np.unique(turned)) == {0, 255}
    # Background and all three fingers; background and one arm that the frame does not cut in two.
    assert cv2.connectedComponents(turned[0, ..., 0])[0] == 4
    assert cv2.connectedComponents(turned[1, ..., 0])[0] == 2
    # No smaller than it must be: as large as before, or as long as the frame.
    extent = np.ptp(np.argwhere(turned[0, ..., 0]), axis=0) + 1
    assert (turned[0] > 0).sum() > 0.9 * (masks[0] > 0).sum() or (extent >= np.array(shape) - 2).any()


def test_empty_masks_stay_empty():
    assert not evaluation.rotate_masks(np.zeros((2, 8, 8, 1), np.uint8), 33).any()


# Masks ------------------------------------------------------------------------------------------


def test_iou_by_hand():
    true, read = np.zeros((4, 4, 4, 1), np.uint8), np.zeros((4, 4, 4, 1), np.uint8)
    true[0, :2], read[0, 1:3] = 255, 255  # 4 of 12 pixels
    true[1, :2] = 255  # missed
    true[2, 0, 0], read[2, 0, 0] = 255, 255  # same
    assert np.allclose(evaluation.iou(true, read), [1 / 3, 0, 1, 1])  # the last: both empty
    assert np.allclose(evaluation.iou(true[..., 0] > 0, read > 0), [1 / 3, 0, 1, 1])


def test_boundary_f_by_hand():
    true = np.zeros((1, 40, 40, 1), np.uint8)
    true[0, 10:20, 10:20] = 255
    assert evaluation.boundary_f(true, true)[0] == 1
    for shift, tolerance, expected in ((2, 2, 1.0), (1, 0, None), (15, 2, 0.0)):
        score = evaluation.boundary_f(true, np.roll(true, shift, axis=2), tolerance)[0]
        if expected is not None:
            assert score == expected
        else:
            # Outlines of 36 pixels: 9 of the top and 9 of the bottom row are shared.
            assert score == pytest.approx(18 / 36)
    empty = np.zeros_like(true)
    assert evaluation.boundary_f(true, empty)[0] == 0
    assert evaluation.boundary_f(empty, empty)[0] == 1
    full = np.full_like(true, 255)
    assert evaluation.boundary_f(full, full)[0] == 1


def test_boundary_f_sees_a_lost_finger_that_iou_does_not():
    hand = np.zeros((1, 64, 64, 1), np.uint8)
    hand[0, 30:60, 10:54] = 255
    whole = hand.copy()
    whole[0, 5:30, 30:33] = 255
    lost_iou, lost_f = 1 - evaluation.iou(whole, hand)[0], 1 - evaluation.boundary_f(whole, hand)[0]
    assert lost_iou < 0.06
    assert lost_f > 2 * lost_iou


def test_no_outline_where_a_hand_leaves_the_frame():
    true = np.zeros((1, 20, 20, 1), np.uint8)
    true[0, 10:] = 255
    read = true.copy()
    read[0, 10:, :10] = 0
    # True outline: row 10. Read: its right half, and column 10 below it, of which the first 2 are near.
    precision, recall = (10 + 2) / 19, 12 / 20
    assert evaluation.boundary_f(true, read)[0] == pytest.approx(
        2 * precision * recall / (precision + recall)
    )


def test_segmenter_figures_keep_pictures_without_a_hand_apart(red_segmenter):
    photos = np.zeros((4, SIZE, SIZE, 3), np.uint8)
    masks = np.zeros((4, SIZE, SIZE, 1), np.uint8)
    masks[0, :16], photos[0, :16, :, 0] = 255, 255  # perfect
    masks[1, :16], photos[1, :4, :, 0] = 255, 200  # a quarter of it
    photos[2, 0, :6, 0] = 255  # no hand, 6 of 1024 pixels: 0.59 %
    photos[3, 0, :5, 0] = 255  # no hand, 0.49 %
    examples = Examples("reds", photos=photos, masks=masks)
    result = evaluation.evaluate_segmenter(red_segmenter, examples)
    assert (result["n"], result["n_without_hand"]) == (2, 2)
    assert result["iou"] == pytest.approx((1 + 0.25) / 2)
    assert result["share_under_half"] == 0.5
    assert result["false_masks"] == 0.5
    assert np.allclose(result["iou_per_image"], [1, 0.25, np.nan, np.nan], equal_nan=True)
    assert 0 < result["boundary_f"] < 1
    assert evaluation.evaluate_segmenter(red_segmenter, examples, threshold=0.9)["iou"] == 0.5
    only_hands = evaluation.evaluate_masks(examples.take([0]), masks[:1])
    assert np.isnan(only_hands["false_masks"])


def test_skin_colour_floor_finds_skin_and_no_wall():
    photos = np.zeros((1, 2, 3, 3), np.uint8)
    photos[0, 0] = [(224, 172, 145), (141, 85, 56), (255, 219, 192)]  # three tones of skin
    photos[0, 1] = [(90, 120, 200), (60, 160, 60), (128, 128, 128)]
    masks = evaluation.skin_colour_masks(photos)
    assert (masks.shape, masks.dtype) == ((1, 2, 3, 1), np.uint8)
    assert np.array_equal(masks[0, ..., 0], [[255] * 3, [0] * 3])


# The combined model -----------------------------------------------------------------------------


def test_boxes_are_found_by_half_of_their_hand_and_count_what_lies_in_them(red_segmenter):
    photos = np.zeros((2, SIZE, SIZE, 3), np.uint8)
    photos[0, 4:8, 4:12, 0] = 255  # half of the first hand
    photos[0, 20:22, 0:8, 0] = 255  # and something that is in no box
    photos[1, 4:7, 4:12, 0] = 255  # less than half
    weak = np.zeros((2, SIZE, SIZE, 1), np.uint8)
    weak[:, 4:12, 4:12] = 255
    weak[1, 16:24, 16:24] = UNKNOWN
    boxes = [np.array([[4, 4, 12, 12]], np.float32), np.array([[4, 4, 12, 12], [16, 16, 24, 24]], np.float32)]
    result = evaluation.evaluate_boxes(
        red_segmenter, Examples("webcam", photos=photos, masks=weak, boxes=boxes)
    )
    assert (result["n"], result["boxes"], result["found"]) == (2, 2, 0.5)
    assert result["inside"] == pytest.approx((32 + 24) / (32 + 16 + 24))


def test_worse_photos_give_worse_masks(red_segmenter):
    masks = np.stack([blob(16, 16, 8), blob(12, 20, 6)])
    photos = np.where(masks > 0, np.uint8([220, 40, 40]), np.uint8([40, 40, 90])).astype(np.uint8)
    scores = evaluation.iou_by_corruption(red_segmenter, Examples("discs", photos=photos, masks=masks))
    assert scores["as they are"] == 1
    assert scores["dark"] < 1 and scores["gray"] < 1
    assert set(scores) == {"as they are", *(kind.replace("_", " ") for kind in CORRUPTIONS)}


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


# Bad input --------------------------------------------------------------------------------------

MASKS = np.zeros((2, SIZE, SIZE, 1), np.uint8)
LABELS = np.array([0, 1])


@pytest.mark.parametrize(
    ("masks", "labels", "message"),
    [
        (MASKS[..., 0], LABELS, "shape"),
        (MASKS.astype(np.float32), LABELS, "dtype float32"),
        (MASKS + np.uint8(1), LABELS, "0 and 1"),
        (MASKS[:, :8], LABELS, "resize"),
        ([MASKS[0], MASKS[1]], LABELS, "list"),
        (MASKS, np.array([0, 2]), "labels go from 0 to 2"),
        (MASKS, np.array([-1, 0]), "labels go from -1 to 0"),
        (MASKS, np.array([0.0, 1.0]), "integers"),
        (MASKS, np.eye(2, dtype=int), "integers"),
        (MASKS, None, "has no labels"),
        (None, LABELS, "has no masks"),
        (MASKS[:0], LABELS[:0], "empty"),
    ],
)
def test_classifier_evaluation_refuses(classifier, masks, labels, message):
    examples = Examples("bad", masks=masks, labels=labels)
    with pytest.raises(ValueError, match=message):
        evaluation.evaluate_classifier(classifier, examples)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.iou(MASKS, MASKS[:1]), "unequal shapes"),
        (lambda: evaluation.iou(MASKS, MASKS.astype(np.float32)), "threshold"),
        (lambda: evaluation.iou(MASKS, MASKS + np.uint8(1)), "0 and 1"),
        (lambda: evaluation.iou([MASKS[0]], MASKS), "list"),
        (lambda: evaluation.iou(MASKS[0, ..., 0], MASKS[0, ..., 0]), "shape"),
        (lambda: evaluation.boundary_f(MASKS, MASKS, -1), "tolerance is -1"),
        (lambda: evaluation.rotate_masks(MASKS, np.zeros(3)), "degrees has shape"),
        (lambda: evaluation.rotate_masks(MASKS, np.nan), "finite"),
        (lambda: evaluation.rotate_masks(MASKS, 0, np.array([1, 0])), "booleans"),
        (lambda: evaluation.rotation_error(np.zeros(2), np.zeros(3)), "shapes"),
        (lambda: evaluation.rotation_error(np.zeros(1), np.array([np.nan])), "finite"),
        (lambda: evaluation.degrees_from_sin_cos(np.zeros((2, 3))), "sin and cos"),
        (lambda: evaluation.sin_cos_from_degrees(np.zeros((2, 2))), "shape"),
        (lambda: evaluation.skin_colour_masks(MASKS), "photos have shape"),
        (lambda: evaluation.skin_colour_masks(np.zeros((1, 4, 4, 3))), "dtype float64"),
        (lambda: evaluation.expected_calibration_error(np.ones((2, 2)), LABELS), "sum to 1"),
        (lambda: evaluation.expected_calibration_error(np.eye(2), LABELS[:1]), "1 labels for 2"),
        (lambda: evaluation.expected_calibration_error(np.zeros((0, 2)), LABELS[:0]), "n > 0"),
        (lambda: evaluation.evaluate_masks(Examples("bare", labels=LABELS), MASKS), "has no masks"),
    ],
)
def test_functions_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_models_of_the_wrong_kind_are_named(classifier, red_segmenter):
    photos = np.zeros((2, SIZE, SIZE, 3), np.uint8)
    with pytest.raises(ValueError, match="red is no classifier"):
        evaluation.evaluate_classifier(red_segmenter, Examples("hands", masks=MASKS, labels=LABELS))
    with pytest.raises(ValueError, match="for up_or_down, which takes"):
        evaluation.predict_masks(classifier, photos)
    with pytest.raises(ValueError, match=r"threshold is 1\.5"):
        evaluation.predict_masks(red_segmenter, photos, threshold=1.5)
    with pytest.raises(ValueError, match="angles are"):
        evaluation.accuracy_by_angle(classifier, Examples("hands", masks=MASKS, labels=LABELS), angles=())
    with pytest.raises(ValueError, match="there are no photos"):
        evaluation.evaluate_segmenter(red_segmenter, Examples("hands", masks=MASKS))
