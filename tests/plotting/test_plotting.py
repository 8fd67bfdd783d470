"""Figures can be read alone, show what they are given, and are small enough for a notebook."""

import base64
import io
import itertools

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from handvision import plotting
from handvision.plotting import figures, pictures

RNG = np.random.default_rng(0)
PHOTOS = RNG.integers(0, 256, (4, 32, 40, 3), dtype=np.uint8)
MASKS = np.zeros((4, 32, 40, 1), np.uint8)
MASKS[:, 8:24, 10:30] = 255
PREDICTED = np.zeros((4, 32, 40, 1), np.float32)
for number in range(4):
    PREDICTED[number, 8 : 24 - 4 * number, 10:30] = 1  # IoU 1, 3/4, 1/2, 1/4
NAMES = ("0", "1", "2")
OUTPUTS = {
    "mask": PREDICTED,
    "box": np.array([[10, 8, 30, 24 - 4 * i] for i in range(4)], np.float32),
    "crop": np.ones((4, 16, 16, 1), np.float32),
    "has_hand": np.array([[1.0], [1.0], [1.0], [0.0]]),
    "gesture": np.array([[0.9, 0.1, 0], [0, 0.8, 0.2], [0, 0.3, 0.7], [1, 0, 0]]),
    "rotation": np.array([[0, 1.0], [-1, 0], [0, -1], [0.5, 0.5]]),
}
CENTRES = RNG.random((4, 4, 5, 1))
CENTRES[0, 0, 0] = np.nan
FOUND = {
    "score": np.array([[0.9, 0.4], [0.8, 0.1], [0.2, 0.1], [0.9, 0.0]]),
    "box": np.tile(np.array([10, 8, 30, 24], np.float32), (4, 2, 1)),
    "direction": np.tile(np.array([0.0, 1.0]), (4, 2, 1)),
}
HISTORY = {
    "loss": [1.0, 0.5, 0.4],
    "val_loss": [1.1, 0.6, 0.7],
    "gesture_accuracy": [0.3, 0.8, 0.9],
    "val_gesture_accuracy": [0.4, 0.85, 0.8],
    "rotation_loss": [2, 1, 1],
    "learning_rate": [1e-3, 1e-3, 1e-4],
}
BY_ANGLE = {"this run": dict.fromkeys(range(0, 360, 30), 0.9), "floor": {-90: 0.2, 0: 0.3, 90: 0.4}}

FIGURES = {
    "show_samples": lambda: plotting.show_samples(PHOTOS, list("abcd"), 3, "Samples"),
    "show_augmented": lambda: plotting.show_augmented(PHOTOS, [PHOTOS[:, ::-1]] * 2, np.zeros((3, 4))),
    "show_masks": lambda: plotting.show_masks(PHOTOS, MASKS, PREDICTED),
    "show_worst": lambda: plotting.show_worst(PHOTOS, MASKS, PREDICTED),
    "show_attention": lambda: plotting.show_attention(MASKS, RNG.random((4, 5, 5))),
    "show_centres": lambda: plotting.show_centres(PHOTOS, CENTRES, FOUND),
    "show_readings": lambda: plotting.show_readings(PHOTOS, OUTPUTS, NAMES, [0, 2, 2, -1]),
    "plot_map": lambda: plotting.plot_map(RNG.random((9, 5)), list("aaabbbccc")),
    "plot_distances": lambda: plotting.plot_distances(
        {"own": RNG.random(9) / 2, "others": RNG.random(9)}, 0.4
    ),
    "plot_keypoints": lambda: plotting.plot_keypoints(PHOTOS, RNG.random((4, 21, 2)) * 30),
    "plot_history": lambda: plotting.plot_history(HISTORY),
    "plot_confusion": lambda: plotting.plot_confusion([[8, 2], [0, 10]], ["fist", "palm"]),
    "plot_rotation_accuracy": lambda: plotting.plot_rotation_accuracy(BY_ANGLE),
    "plot_bars": lambda: plotting.plot_bars({"this run": 0.9, "floor": None}, "Accuracy"),
}
WITH_LEGEND = (
    "show_masks",
    "show_worst",
    "plot_keypoints",
    "plot_history",
    "plot_rotation_accuracy",
    "plot_map",
    "plot_distances",
)


def texts(figure) -> str:
    """All that stands in a figure."""
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def bundle(figure) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(figure._repr_mimebundle_()["image/png"])))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_can_be_read_alone_and_leaves_nothing_open(name):
    figure = FIGURES[name]()
    assert isinstance(figure, Figure) and figure.get_suptitle()
    assert plt.get_fignums() == []
    legends = figure.legends + [axis.get_legend() for axis in figure.axes if axis.get_legend()]
    assert bool(legends) == (name in WITH_LEGEND)
    if name.startswith("plot_") and name != "plot_keypoints":
        assert all(axis.get_xlabel() for axis in figure.axes if axis.get_label() != "<colorbar>")
    picture = bundle(figure)
    assert len(np.unique(np.asarray(picture.convert("L")))) > 5


def test_a_notebook_shows_a_figure_once_as_a_small_png(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.publish_display_data", shown.append)
    formatter = DisplayFormatter()
    # What the inline backend does as soon as pyplot is imported.
    formatter.formatters["image/png"].for_type(Figure, lambda figure: "a second, large picture")
    noise = RNG.integers(0, 256, (12, 128, 128, 3), dtype=np.uint8)  # the worst for PNG
    assert formatter.format(plotting.show_samples(noise, title="Noise"))[0] == {}
    (data,) = shown
    assert "Noise" in data["text/plain"] and len(data["image/png"]) < 200_000


def test_the_small_png_looks_like_the_figure():
    y, x = np.mgrid[:128, :128].astype(np.uint8)
    figure = plotting.show_samples([np.dstack([2 * x, 2 * y, 255 - x - y])], title="All colours")
    full = io.BytesIO()
    figure.savefig(full, format="png")
    small, full = bundle(figure).convert("RGB"), Image.open(full).convert("RGB")
    assert small.size == full.size
    assert np.abs(np.asarray(small).astype(int) - np.asarray(full)).mean() < 3


@pytest.mark.parametrize("kind", ["uint8", "float", "bool", "list", "grey", "unequal"])
def test_pictures_of_every_kind_are_drawn_in_the_same_range(kind):
    white = np.full((2, 8, 8, 1), 255, np.uint8)
    images = {
        "uint8": white,
        "float": white / 255,
        "bool": white > 0,
        "list": list(white),
        "grey": white[..., 0],
        "unequal": [white[0], np.full((5, 9, 3), 1.0)],
    }[kind]
    figure = plotting.show_samples(images)
    for axis in figure.axes:
        (image,) = axis.images
        assert image.norm.vmin == 0 and image.norm.vmax == 255 and image.get_array().max() == 255


def test_long_titles_of_neighbours_do_not_meet():
    names = ["ok (thumb on index), read three (thumb on little)", "thumb on ring, read thumb on middle"] * 4
    figure = plotting.show_samples(np.zeros((8, 40, 40, 1), np.uint8), names, title="Surely wrong")
    figure.draw_without_rendering()
    boxes = [axis.title.get_window_extent() for axis in figure.axes]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
    assert max(box.y1 for box in boxes) < figure._suptitle.get_window_extent().y0


def test_arrows_point_counter_clockwise_from_image_up():
    degrees = np.array([[0.0], [-90.0], [90.0], [180.0], [np.nan]])
    figure = plotting.show_augmented(PHOTOS[:1], [PHOTOS[:1]] * 4, degrees)
    # In pixels: x to the right, y down.
    wanted = [(0, -1), (1, 0), (-1, 0), (0, 1)]
    for axis, direction in zip(figure.axes, wanted, strict=False):
        (arrow,) = axis.texts
        delta = np.subtract(arrow.xy, arrow.xyann)
        np.testing.assert_allclose(delta / np.linalg.norm(delta), direction, atol=1e-9)
    assert not figure.axes[4].texts and not figure.axes[4].get_title()
    assert [axis.get_title() for axis in figure.axes[:4]] == ["0°", "-90°", "90°", "180°"]


def test_rows_of_show_augmented_are_an_original_and_its_versions():
    first, second = PHOTOS // 2, PHOTOS // 4
    figure = plotting.show_augmented(PHOTOS, [first, second])
    for i in range(4):
        row = [axis.images[0].get_array() for axis in figure.axes[3 * i : 3 * i + 3]]
        for drawn, wanted in zip(row, (PHOTOS[i], first[i], second[i]), strict=True):
            np.testing.assert_array_equal(drawn, wanted)


def test_masks_say_their_iou_and_the_worst_come_first():
    titles = [axis.get_title() for axis in plotting.show_masks(PHOTOS, MASKS, PREDICTED).axes]
    assert titles == ["IoU 1.00", "IoU 0.75", "IoU 0.50", "IoU 0.25"]
    worst = plotting.show_worst(PHOTOS, MASKS, PREDICTED, count=2)
    assert [axis.get_title() for axis in worst.axes] == ["IoU 0.25", "IoU 0.50"]
    np.testing.assert_array_equal(worst.axes[0].images[0].get_array(), PHOTOS[3])
    given = plotting.show_worst(PHOTOS, MASKS, PREDICTED, scores=[0.1, 0.2, 0.3, 0.4], count=1)
    assert given.axes[0].get_title() == "IoU 0.10"


def test_a_map_shows_groups_that_differ_apart_and_says_how_much_of_the_difference_it_shows():
    vectors = np.zeros((6, 5))
    vectors[:3, 2], vectors[3:, 2], vectors[:, 4] = 0, 9, np.tile([0, 1, 2], 2)
    figure = plotting.plot_map(vectors, list("aaabbb"))
    first, second = (np.asarray(marks.get_offsets()) for marks in figure.axes[0].collections)
    assert abs(first[:, 0].mean() - second[:, 0].mean()) == pytest.approx(9)
    assert np.ptp(first[:, 1]) == pytest.approx(2)
    assert "97%" in figure.axes[0].get_xlabel()
    with pytest.raises(ValueError, match=r"vectors are \(2, 5\)"):
        plotting.plot_map(vectors[:2], "ab")
    with pytest.raises(ValueError, match="lengths differ: vectors 6, names 2"):
        plotting.plot_map(vectors, "ab")


def test_distances_are_told_with_the_radius():
    figure = plotting.plot_distances({"own": [0.1, 0.2], "others": [0.9]}, 0.435)
    assert "own (2)" in texts(figure) and "reject radius, 0.43" in texts(figure)
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == 3
    with pytest.raises(ValueError, match="empty or not finite"):
        plotting.plot_distances({"own": []}, 0.4)


def test_outlines_lie_on_the_edge_of_the_mask():
    figure = plotting.show_masks(PHOTOS[:1], MASKS[:1])
    (outline,) = figure.axes[0].collections
    points = np.concatenate([path.vertices for path in outline.get_paths()])
    np.testing.assert_allclose([points.min(0), points.max(0)], [[10, 8], [30, 24]])


def test_empty_and_full_masks_are_drawn_too():
    empty = np.zeros_like(MASKS)
    figure = plotting.show_masks(PHOTOS, empty, empty)
    assert {axis.get_title() for axis in figure.axes} == {"IoU 1.00"}
    bundle(plotting.show_masks(PHOTOS, np.full_like(MASKS, 255), empty))


def test_readings_say_gesture_probability_rotation_and_whether_it_is_right():
    figure = plotting.show_readings(PHOTOS, OUTPUTS, NAMES, truth=[0, 2, 2, -1])
    answers = [axis for axis in figure.axes if axis.get_xlabel()]
    assert [axis.get_xlabel() for axis in answers] == [
        "0\n90%, 0°\nright",
        "1\n80%, -90°\nis 2",
        "2\n70%, 180°\nright",
        "no hand\nright",
    ]
    colours = [axis.xaxis.label.get_color() for axis in answers]
    assert colours[0] == colours[2] != colours[1]
    assert [len(axis.texts) for axis in answers] == [1, 1, 1, 0]
    assert [axis.get_ylabel() for axis in figure.axes if axis.get_ylabel()] == [
        *("photo", "mask and box", "crop", "answer")
    ]


def test_history_shows_both_parts_and_the_best_epoch():
    figure = plotting.plot_history(HISTORY, "Six numbers")
    loss, score = figure.axes
    assert (loss.get_ylabel(), loss.get_xlabel()) == ("loss", "epoch")
    assert "validation, best 0.600 in epoch 2" in texts(loss)
    assert "gesture accuracy, validation, best 85.0% in epoch 2" in texts(score)
    assert "learning" not in texts(figure) and "rotation" not in texts(figure)
    assert len(plotting.plot_history({"loss": [1.0]}).axes) == 1
    assert "iou" in texts(plotting.plot_history({"loss": [1.0], "val_iou": [0.5], "iou": [0.5]}))


def test_confusion_is_normalised_by_row_and_counts_stand_under_it_when_small():
    figure = plotting.plot_confusion([[8, 2, 0], [0, 0, 0], [0, 5, 15]], ["a", "b", "c"])
    np.testing.assert_allclose(
        figure.axes[0].images[0].get_array(), [[0.8, 0.2, 0], [0] * 3, [0, 0.25, 0.75]]
    )
    assert "80%\n(8)" in texts(figure) and "25%\n(5)" in texts(figure)
    large = plotting.plot_confusion(np.eye(20, dtype=int) * 7, [f"gesture {i}" for i in range(20)])
    assert "100" in texts(large) and "(7)" not in texts(large) and "gesture 19" in texts(large)


def test_rotation_curves_close_over_the_full_turn():
    figure = plotting.plot_rotation_accuracy(BY_ANGLE)
    (axis,) = figure.axes
    run, floor = axis.lines
    np.testing.assert_allclose(np.degrees(floor.get_xdata()), [0, 90, 270, 360])
    np.testing.assert_allclose(floor.get_ydata(), [0.3, 0.4, 0.2, 0.3])
    assert axis.get_theta_direction() == 1 and axis.get_theta_offset() == pytest.approx(np.pi / 2)
    assert run.get_color() != floor.get_color() and run.get_linestyle() != floor.get_linestyle()
    assert "this run, mean 90.0%" in texts(figure)


def test_bars_carry_their_values_and_unit():
    shares = plotting.plot_bars({"this run": 0.912, "floor": None}, "Accuracy")
    assert "91.2%" in texts(shares) and "not measured" in texts(shares)
    speeds = plotting.plot_bars({"Keras": 1550, "ours": 6012.3}, "Speed", "images/s")
    assert "6012" in texts(speeds) and speeds.axes[0].get_xlabel() == "images/s"


def test_keypoints_join_the_wrist_to_each_fingertip():
    joined = {point for chain, _ in pictures.FINGERS.values() for point in chain}
    assert joined == set(range(21))
    points = RNG.random((21, 2)) * 30
    figure = plotting.plot_keypoints(PHOTOS[0], points)
    index = figure.axes[0].lines[1]
    np.testing.assert_allclose(index.get_xydata(), points[[0, 5, 6, 7, 8]])


def pixel_at(figure, axis, x, y):
    """RGB of a drawn figure at a point of an axis."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    column, row = axis.transData.transform((x, y))
    drawn = np.asarray(canvas.buffer_rgba())
    return drawn[round(drawn.shape[0] - row), round(column), :3].astype(int)


@pytest.mark.parametrize("point", [(3.5, 2.5), (0.5, 0.5), (7.5, 5.5)])
def test_a_key_point_lies_on_its_pixel(point):
    photo = np.zeros((6, 8, 3), np.uint8)
    photo[int(point[1]), int(point[0])] = (0, 255, 0)
    figure = plotting.show_samples([photo])
    assert pixel_at(figure, figure.axes[0], *point).tolist() == [0, 255, 0]
    keypoints = plotting.plot_keypoints(photo, np.tile(point, (21, 1)))
    line = keypoints.axes[0].lines[0]
    assert line.get_xydata()[0].tolist() == list(point)
    # Both count alike: the point is drawn where the pixel is.
    assert keypoints.axes[0].images[0].get_extent() == figure.axes[0].images[0].get_extent()


def test_key_points_may_carry_a_score():
    points = RNG.random((4, 21, 3)) * 30
    index = plotting.plot_keypoints(PHOTOS, points).axes[0].lines[1]
    np.testing.assert_allclose(index.get_xydata(), points[0, [0, 5, 6, 7, 8], :2])


def test_a_box_runs_around_its_pixels():
    axis = plotting.show_readings(PHOTOS, OUTPUTS, NAMES).axes[4]
    x, y = axis.lines[0].get_xydata().T
    assert (x.min(), y.min(), x.max(), y.max()) == (10, 8, 30, 24)
    assert axis.images[0].get_extent() == [0, 40, 32, 0]


def test_an_arrow_goes_through_the_middle_of_its_picture():
    figure = plotting.show_augmented(PHOTOS, [PHOTOS], np.zeros((2, 4)))
    arrow = figure.axes[0].texts[0]
    assert (np.array(arrow.xy) + arrow.xyann == (40, 32)).all()


def test_tables_print_aligned_and_show_as_html():
    result = plotting.table(
        [["six numbers", 0.9712, None, np.float32(0.5)], ["<error>", "12.3°", float("nan"), 7]],
        ["test", "this run", "released model", "floor"],
        "Result & claim",
    )
    lines = str(result).splitlines()
    assert lines[0] == "Result & claim" and len({len(line) for line in lines[1:]}) == 1
    assert lines[3].split() == ["six", "numbers", "97.1", "%", "–", "50.0", "%"]  # noqa: RUF001
    assert lines[4].split() == ["<error>", "12.3°", "–", "7"]  # noqa: RUF001
    page = result._repr_html_()
    assert "<caption><b>Result &amp; claim</b></caption>" in page and "&lt;error&gt;" in page
    assert page.count("<tr>") == 3 and "97.1 %" in page
    markdown = result.markdown().splitlines()
    assert markdown[0] == "| test | this run | released model | floor |"
    assert markdown[1] == "|---|---|---|---|"
    assert markdown[2].startswith("| six numbers | 97.1 % |")


def test_colours_are_told_apart_by_brightness_or_hue_of_okabe_and_ito():
    assert set(figures.CURVES) <= {
        *("#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
    }
    assert len(set(figures.CURVES)) == len(figures.CURVES)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: plotting.show_samples(PHOTOS[:0]), ValueError, "images is empty"),
        (lambda: plotting.show_samples(PHOTOS[0, 0]), ValueError, r"images has shape \(40, 3\)"),
        (lambda: plotting.show_samples([PHOTOS[0, 0, 0]]), ValueError, r"images\[0\] has shape \(3,\)"),
        (lambda: plotting.show_samples(PHOTOS[..., :2]), ValueError, r"shape \(32, 40, 2\)"),
        (lambda: plotting.show_samples(PHOTOS.astype(float)), ValueError, "divide by 255"),
        (lambda: plotting.show_samples(PHOTOS * np.nan), ValueError, "nan"),
        (lambda: plotting.show_samples(PHOTOS.astype(int)), TypeError, "is int64; give uint8"),
        (lambda: plotting.show_samples(PHOTOS, ["one"]), ValueError, "images 4, titles 1"),
        (lambda: plotting.show_samples(PHOTOS, columns=0), ValueError, "columns is 0"),
        (lambda: plotting.show_augmented(PHOTOS, [PHOTOS[:2]]), ValueError, "lengths differ"),
        (lambda: plotting.show_augmented(PHOTOS, [PHOTOS], np.zeros(4)), ValueError, r"need \(2, 4\)"),
        (lambda: plotting.show_masks(PHOTOS, MASKS[:2]), ValueError, "photos 4, masks 2"),
        (lambda: plotting.show_masks(PHOTOS, MASKS[:, :9]), ValueError, r"needs \(32, 40\)"),
        (lambda: plotting.show_masks(PHOTOS, PHOTOS), ValueError, r"masks\[0\] has shape"),
        (lambda: plotting.show_masks(PHOTOS, MASKS, MASKS, [9] * 4), ValueError, r"scores\[0\] is 9"),
        (lambda: plotting.show_worst(PHOTOS, MASKS, None), ValueError, "worst cases need"),
        (lambda: plotting.show_attention(MASKS, -np.ones((4, 5, 5))), ValueError, r"maps\[0\].*>= 0"),
        (lambda: plotting.show_attention(MASKS, np.ones((3, 5, 5))), ValueError, "crops 4, maps 3"),
        (lambda: plotting.show_readings(PHOTOS, {}, NAMES), ValueError, "outputs lacks mask, box"),
        (lambda: plotting.show_readings(PHOTOS, OUTPUTS, ["0"]), ValueError, r"'gesture'.*need \(4, 1\)"),
        (lambda: plotting.show_readings(PHOTOS[:3], OUTPUTS, NAMES), ValueError, "3 photos need"),
        (lambda: plotting.plot_keypoints(PHOTOS[0], np.zeros((20, 2))), ValueError, r"need \(1, 21, 2\)"),
        (lambda: plotting.plot_history({"accuracy": [1]}), ValueError, 'needs "loss"'),
        (lambda: plotting.plot_confusion(np.eye(3), NAMES[:2]), ValueError, r"need \(2, 2\)"),
        (lambda: plotting.plot_confusion(-np.eye(3), NAMES), ValueError, "negative"),
        (lambda: plotting.plot_rotation_accuracy({"run": {}}), ValueError, "by_angle is empty"),
        (lambda: plotting.plot_rotation_accuracy({"run": {0: 97.0}}), ValueError, "run, 0° is 97.0"),
        (lambda: plotting.plot_bars({}, "Empty"), ValueError, "figures is empty"),
        (lambda: plotting.plot_bars({"run": 97.0}, "Accuracy"), ValueError, "run is 97.0.*not percent"),
        (lambda: plotting.table([["a"]], ["b", "c"]), ValueError, r"rows\[0\].*2 cells"),
    ],
)
def test_what_cannot_be_drawn_is_an_error_that_says_why(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_graph_stands_in_the_order_of_the_data():
    nodes = {"photo": "128, 128, 3", "unet": "128, 128, 1", "crop": "96, 96, 1", "gesture": "6"}
    edges = [("photo", "unet"), ("unet", "crop"), ("crop", "gesture")]
    figure = plotting.plot_graph(nodes, edges, "Combined")
    heights = {
        text.get_text().split("\n")[0]: text.get_position()[1]
        for text in figure.axes[0].texts
        if text.get_text()
    }
    assert sorted(heights, key=heights.get) == list(nodes)


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        ({}, [], "nodes is empty"),
        ({"a": ""}, [("a", "b")], r"edges name \['b'\]"),
        ({"a": "", "b": ""}, [("a", "b"), ("b", "a")], "circle"),
    ],
)
def test_a_graph_that_is_none_is_refused(nodes, edges, message):
    with pytest.raises(ValueError, match=message):
        plotting.plot_graph(nodes, edges)


def test_centre_maps_show_the_hands_at_peaks_that_are_high_enough():
    figure = plotting.show_centres(PHOTOS, CENTRES, FOUND, least_score=0.3)
    photos = figure.axes[:4]
    assert [axis.get_title() for axis in photos] == [
        "scores 0.90, 0.40",
        "scores 0.80",
        "no peak",
        "scores 0.90",
    ]
    assert [len(axis.lines) for axis in photos] == [2, 1, 0, 1]
    # The arrow of a hand that points to image-up, from below the box's middle to above it.
    (arrow,) = photos[1].texts
    assert arrow.xy[1] < 16 < arrow.xyann[1]
    with pytest.raises(ValueError, match=r"\(n, height, width, 1\)"):
        plotting.show_centres(PHOTOS, CENTRES[..., 0])


def test_samples_are_as_large_as_asked_for_and_wide_ones_leave_no_gap():
    small, large = (plotting.show_samples(PHOTOS[:1], size=size).get_size_inches() for size in (4.0, 8.0))
    assert large[0] - small[0] == pytest.approx(4.0)
    assert large[1] - small[1] == pytest.approx(4.0 * 32 / 40)
    with pytest.raises(ValueError, match="size 0"):
        plotting.show_samples(PHOTOS, size=0)
