"""Two looks in one graph: what goes from the first to the second, and that exported files do the same."""

import keras
import numpy as np
import pytest

from handvision.core.geometry import degrees_from_sin_cos, sin_cos_from_degrees
from handvision.core.keypoints import direction
from handvision.core.model_info import CloseUpInfo, ModelInfo
from handvision.heads import (
    PresenceHead,
    tight_box,
)
from handvision.inference.backends import open_backend
from handvision.models import build_unet, load_model, model_graph
from handvision.models.close_reader import build_close_reader
from handvision.models.export import export_litert, export_onnx, model_info
from handvision.models.export.features import with_features
from handvision.models.layers import CloseUpLayer, RetakeLayer
from handvision.models.two_looks import look_twice
from tests.helpers.exported import run_litert
from tests.helpers.heads import HEADS

SIZE = (64, 96)
BELIEVED = dict(least_score=0.2, least_presence=0.6, presence_weights=(-1.0, 0.5, 2.0))


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(shape, np.float32)


def finder(**more) -> keras.Model:
    return build_unet((*SIZE, 3), (8, 12, 16), centres=8, name="finder", **more)


def reader() -> keras.Model:
    return build_close_reader(HEADS, 64, "plain", width=16, dense=24, name="close_reader")


def without_points() -> keras.Model:
    return build_close_reader((PresenceHead(),), 64, "plain", width=16, dense=24)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    keras.utils.set_random_seed(1)
    return look_twice(finder(), reader(), (128, 192), hands=3, retake=False, **BELIEVED)


@pytest.fixture(scope="module")
def retaking(model) -> keras.Model:
    """The same looks, but close-ups that are off are read again."""
    return look_twice(model.get_layer("finder"), model.get_layer("close_reader"), (128, 192), hands=3)


def test_every_hand_has_a_row_of_every_answer(model):
    shapes = {name: tensor.shape[1:] for name, tensor in model.output.items()}
    assert shapes == {
        "mask": (*SIZE, 1),
        "score": (3,),
        "box": (3, 4),
        "direction": (3, 2),
        "square": (3, 5),
        "presence": (3, 1),
        "gesture": (3, 6),
        "gestures": (3, 20),
        "hagrid": (3, 13),
        "rotation": (3, 2),
        "keypoints": (3, 21, 3),
        "handedness": (3, 1),
        "embedding": (3, 16),
        "hand_mask": (3, 16, 16, 1),
    }


def test_the_reader_sees_the_close_ups_of_the_first_look(model):
    photo = noise(1, 128, 192, 3)
    found = model(photo)
    close_ups = CloseUpLayer(64, frame=(128, 192), margin=0.25)(photo, found["box"], found["direction"])
    told = model.get_layer("close_reader")(close_ups[0])
    np.testing.assert_allclose(found["gesture"][0], told["gesture"], atol=1e-5)
    np.testing.assert_allclose(found["keypoints"][0], told["keypoints"], atol=1e-5)


def test_a_close_up_that_was_off_is_read_again_where_its_points_are(model, retaking):
    photo = noise(1, 128, 192, 3)
    before, after = model(photo), retaking(photo)
    place = RetakeLayer()(before["keypoints"], before["square"])
    assert np.asarray(place["off"]).any()  # weights are random, so are the points
    cut = CloseUpLayer(64, frame=(128, 192), margin=0.25)(photo, place["box"], place["direction"])
    again = model.get_layer("close_reader")(cut[0])
    for row, off in enumerate(np.asarray(place["off"])[0, :, 0]):
        expected = again["keypoints"][row] if off else before["keypoints"][0, row]
        np.testing.assert_allclose(after["keypoints"][0, row], expected, atol=1e-4)


HAND = np.stack([np.linspace(0.3, 0.6, 21), np.linspace(0.8, 0.3, 21) ** 1.3], axis=1)
SQUARE = np.array([100, 80, 60, 0.6, 0.8], np.float32)


def test_a_hand_is_where_its_points_are():
    place = RetakeLayer()(HAND[None, None].astype(np.float32), SQUARE[None, None])
    points = CloseUpInfo(64, 0.25).to_picture(SQUARE).points(HAND * 64)
    np.testing.assert_allclose(place["box"][0, 0], tight_box(points), atol=1e-3)
    np.testing.assert_allclose(place["direction"][0, 0], direction(points), atol=1e-4)


@pytest.mark.parametrize(
    ("turn", "scale", "shift", "off"),
    [
        (0, 1, 0, False),
        (10, 1.1, 0.05, False),
        (-20, 1, 0, True),
        (0, 1.4, 0, True),
        (0, 0.7, 0, True),
        (0, 1, 0.2, True),
    ],
)
def test_a_close_up_is_off_when_turned_scaled_or_shifted(turn, scale, shift, off):
    layer = RetakeLayer()
    right = layer(HAND[None, None].astype(np.float32), SQUARE[None, None])
    x0, y0, x1, y1 = np.asarray(right["box"])[0, 0]
    # The close-up that would be right, and then is not.
    side = 1.5 * max(x1 - x0, y1 - y0)
    points = CloseUpInfo(64, 0.25).to_picture(SQUARE).points(HAND * 64)
    heading = degrees_from_sin_cos(direction(points)) + turn
    square = np.array(
        [(x0 + x1) / 2 + shift * side, (y0 + y1) / 2, side * scale, *sin_cos_from_degrees(heading)],
        np.float32,
    )
    inside = CloseUpInfo(64, 0.25).to_picture(square).inverse().points(points) / 64
    told = layer(inside[None, None].astype(np.float32), square[None, None])
    assert bool(told["off"][0, 0, 0]) is off


@pytest.mark.slow
def test_exports_read_again_too(retaking, tmp_path):
    import onnxruntime

    photos = noise(2, 128, 192, 3)
    session = onnxruntime.InferenceSession(export_onnx(retaking, tmp_path / "retaking.onnx"))
    names = [output.name for output in session.get_outputs()]
    given = {"photo": photos, "least_score": np.array(0, np.float32)}
    onnx = dict(zip(names, session.run(None, given), strict=True))
    lite = run_litert(export_litert(retaking, tmp_path / "retaking.tflite"), photos)
    for name, value in retaking(photos).items():
        np.testing.assert_allclose(onnx[name], value, atol=2e-2, err_msg=name)  # half weights
        np.testing.assert_allclose(lite[name], value, atol=1e-3, err_msg=name)


def test_its_plot_shows_what_goes_where(retaking):
    nodes, edges = model_graph(retaking)
    expected = {
        ("small_photo", "finder"),
        ("finder", "peaks"),
        ("peaks", "close_ups"),
        ("close_ups", "close_reader"),
        ("close_reader", "retake"),
        ("retake", "close_ups_again"),
        ("close_ups_again", "close_reader (again)"),
    }
    assert expected <= set(edges)
    assert {name for edge in edges for name in edge} <= set(nodes)


def test_a_square_places_points_of_the_close_up_in_the_photo(model):
    found = model(noise(1, 128, 192, 3))
    x, y, side, sine, cosine = np.asarray(found["square"])[0, 0]
    x0, y0, x1, y1 = np.asarray(found["box"])[0, 0]
    np.testing.assert_allclose((x, y), ((x0 + x1) / 2, (y0 + y1) / 2), atol=1e-3)
    np.testing.assert_allclose(side, 1.5 * max(x1 - x0, y1 - y0), rtol=1e-5)
    to_photo = CloseUpInfo(64, 0.25).to_picture((x, y, side, sine, cosine))
    np.testing.assert_allclose(to_photo.points([[32, 32]])[0], (x, y), atol=1e-3)
    # Half a side up in the close-up is half a side in the hand's direction in the photo.
    up = to_photo.points([[32, 0]])[0] - to_photo.points([[32, 32]])[0]
    np.testing.assert_allclose(up, (-sine * side / 2, -cosine * side / 2), atol=1e-3)


def test_it_is_saved_and_opened(model, tmp_path):
    model.save(tmp_path / "two_looks.keras")
    photo = noise(2, 128, 192, 3)
    again = load_model(tmp_path / "two_looks.keras")(photo)
    for name, value in model(photo).items():
        np.testing.assert_array_equal(value, again[name], err_msg=name)


def test_when_a_hand_is_believed_travels_with_the_file(model, tmp_path):
    model.save(tmp_path / "two_looks.keras")
    again = load_model(tmp_path / "two_looks.keras")
    assert model_info(again).close_up == CloseUpInfo(64, 0.25, **BELIEVED)
    config = again.get_layer("close_ups").get_config()
    older = {key: value for key, value in config.items() if key not in BELIEVED}
    assert CloseUpLayer.from_config(older).info == CloseUpInfo(64, 0.25)


@pytest.mark.slow
def test_onnx_reads_what_is_there_and_looks_where_it_is_told(model, tmp_path):
    import onnxruntime

    path = export_onnx(model, tmp_path / "two_looks.onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]

    def run(**inputs):
        return dict(zip(names, session.run(None, inputs), strict=True))

    photos = noise(2, 128, 192, 3)
    found = {name: np.asarray(value) for name, value in model(photos).items()}
    everything = run(photo=photos, least_score=np.array(0, np.float32))
    for name, value in found.items():
        np.testing.assert_allclose(everything[name], value, atol=1e-3, err_msg=name)
    bar = np.array(np.sort(found["score"].ravel())[-2], np.float32)  # two of six rows are read
    some = run(photo=photos, least_score=bar)
    for name in set(names) - {"mask", "score", "box", "direction"}:
        read = np.abs(some[name]).reshape(6, -1).sum(axis=1) > 0
        assert read.tolist() == (everything["score"].ravel() >= bar).tolist(), name
    nothing = run(photo=photos, least_score=np.array(2, np.float32))
    assert not nothing["keypoints"].any()

    box = np.zeros((1, 3, 4), np.float32)
    box[0, 1] = (40, 30, 90, 100)
    upright = np.tile(np.array([0, 1], np.float32), (1, 3, 1))
    told = run(photo=photos[:1], look=np.array(False), look_at=box, look_upright=upright)
    assert told["score"][0].tolist() == [0, 1, 0]
    close_up = CloseUpLayer(64, frame=(128, 192), margin=0.25)(photos[:1], box[:, 1:2], upright[:, 1:2])
    expected = model.get_layer("close_reader")(close_up[0])
    np.testing.assert_allclose(told["keypoints"][0, 1], expected["keypoints"][0], atol=1e-3)
    assert not told["keypoints"][0, 0].any()


@pytest.mark.slow
def test_the_backend_looks_closer_where_it_is_told(model, tmp_path):
    backend = open_backend(export_onnx(model, tmp_path / "two_looks.onnx"))
    assert backend.follows
    photos = noise(2, 128, 192, 3)
    found = {name: np.asarray(value) for name, value in model(photos).items()}
    told = backend.look_closer(photos, found["box"][:, :2], found["direction"][:, :2])
    assert told["keypoints"].shape == (2, 2, 21, 3)
    np.testing.assert_allclose(told["keypoints"], found["keypoints"][:, :2], atol=1e-3)
    np.testing.assert_allclose(told["square"], found["square"][:, :2], atol=1e-3)


@pytest.mark.slow
def test_litert_gives_the_same(model, tmp_path):
    photos = noise(2, 128, 192, 3)
    answers = run_litert(export_litert(model, tmp_path / "two_looks.tflite"), photos)
    for name, value in model(photos).items():
        np.testing.assert_allclose(answers[name], value, atol=1e-3, err_msg=name)


@pytest.mark.slow
def test_the_file_says_how_its_close_ups_are_cut(model, tmp_path):
    import onnx
    import onnxruntime

    path = export_onnx(model, tmp_path / "two_looks.onnx")
    described = onnxruntime.InferenceSession(path).get_modelmeta().custom_metadata_map["handvision"]
    info = ModelInfo.from_json(described)
    assert info.close_up == CloseUpInfo(64, 0.25, **BELIEVED)
    defaults = {each.name: onnx.numpy_helper.to_array(each) for each in onnx.load(path).graph.initializer}
    assert defaults["least_score"] == np.float32(0.2)
    assert info.heads["keypoints"] == {"size": 64}


@pytest.mark.slow
def test_the_features_before_the_embedding_can_stand_in_its_place(retaking, tmp_path):
    import onnx
    import onnxruntime

    path = export_onnx(retaking, tmp_path / "two_looks.onnx")
    given = {"photo": noise(2, 128, 192, 3), "least_score": np.array(0, np.float32)}
    session, changed = (
        onnxruntime.InferenceSession(file) for file in (path, with_features(path, tmp_path / "features.onnx"))
    )
    names = ["embedding", "keypoints"]
    (embedding, points), (features, same) = (each.run(names, given) for each in (session, changed))
    np.testing.assert_array_equal(points, same)
    layer = retaking.get_layer("close_reader").get_layer("embedding_dense")
    assert features.shape == (2, 3, layer.kernel.shape[0])
    kernel = np.asarray(layer.kernel).astype(np.float16).astype(np.float32)  # as exported
    vector = features @ kernel + np.asarray(layer.bias)
    vector /= np.linalg.norm(vector, axis=-1, keepdims=True)
    np.testing.assert_allclose(vector, embedding, atol=1e-2)

    del session, changed
    model = onnx.load(path)
    model.graph.initializer.remove(
        next(each for each in model.graph.initializer if each.name == "embedding_size")
    )
    onnx.save(model, tmp_path / "none.onnx")
    with pytest.raises(ValueError, match=r"none.onnx: no model that looks twice and has an embedding"):
        with_features(tmp_path / "none.onnx", tmp_path / "features.onnx")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (lambda: (build_unet((*SIZE, 3), (8, 12, 16)), reader(), (128, 192)), "build it with centres"),
        (lambda: (finder(), reader(), (128, 128)), "use a multiple of what 'finder' sees"),
        (lambda: (finder(), finder(), (128, 192)), "a reader of close-ups reads"),
        (lambda: (finder(), without_points(), (128, 192)), "use retake=False"),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts, message):
    with pytest.raises(ValueError, match=message):
        look_twice(*parts())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(size=100), "multiple of 32"),
        (dict(frozen=True), "freeze only pretrained"),
        (dict(heads=()), "at least one"),
        (dict(heads=(PresenceHead(), PresenceHead())), "distinct"),
    ],
)
def test_a_reader_of_close_ups_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_close_reader(**({"heads": HEADS, "backbone": "plain"} | arguments))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(dict(channels=(8, 12)), "three levels"), (dict(input_shape=(60, 96, 3)), "multiples of 8")],
)
def test_centres_need_an_eighth_of_the_size(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_unet(**({"input_shape": (64, 96, 3), "channels": (8, 12, 16), "centres": 8} | arguments))
