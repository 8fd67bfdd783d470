"""Training: it learns, it is the same twice, and a kill does not change how it ends."""

import contextlib
import io
import os
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
from keras import layers

from handvision import training
from handvision.models import save_model
from handvision.training import platform

SIZE, CLASSES = 12, 3


class Bars(keras.utils.PyDataset):
    """Masks with one bright row: its third of the picture is the class, its place the direction."""

    def __init__(self, batches=6, batch_size=8, seed=0, pause=0.0, outputs="classifier", workers=1):
        super().__init__(workers=workers)
        self.batches, self.batch_size, self.seed, self.pause = batches, batch_size, seed, pause
        self.outputs, self.epoch, self.drawn = outputs, 0, []

    def __len__(self):
        return self.batches

    def on_epoch_end(self):
        self.epoch += 1

    def __getitem__(self, index):
        time.sleep(self.pause)
        self.drawn.append((self.epoch, index))
        rng = np.random.default_rng([self.seed, self.epoch, index])
        row = rng.integers(0, SIZE, self.batch_size)
        x = rng.random((self.batch_size, SIZE, SIZE, 1), dtype=np.float32) * 0.2
        x[np.arange(self.batch_size), row] = 1
        if self.outputs == "segmenter":
            return x, (x == 1).astype(np.float32)
        angle = row / SIZE * 3
        rotation = np.stack([np.sin(angle), np.cos(angle)], axis=1).astype(np.float32)
        rotation[::4] = np.nan
        weights = {
            "gesture": np.ones(self.batch_size, np.float32),
            "rotation": np.where(np.isnan(rotation[:, 0]), 0, 1).astype(np.float32),
        }
        return (
            x,
            {"gesture": np.eye(CLASSES, dtype=np.float32)[row * CLASSES // SIZE], "rotation": rotation},
            weights,
        )


def classifier(seed=1, more_outputs=False, dropout=0.2):
    platform.make_deterministic()
    training.set_seed(seed)
    x = inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Flatten()(x)
    x = layers.Dense(24, activation="relu")(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.Dropout(dropout)(x)
    outputs = {
        "gesture": layers.Dense(CLASSES, activation="softmax", name="gesture")(x),
        "rotation": layers.Dense(2, name="rotation")(x),
    }
    if more_outputs:
        outputs["crop"] = layers.ReLU(name="crop")(inputs)
        outputs["has_hand"] = layers.ReLU(name="has_hand")(layers.GlobalMaxPooling2D()(inputs))
    return keras.Model(inputs, outputs, name="bars")


def eager():
    """A compiled classifier that spares the seconds of tracing where a test takes few steps."""
    model = classifier()
    training.compile_classifier(model)
    model.run_eagerly = True
    return model


def segmenter(seed=1):
    training.set_seed(seed)
    x = inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def train(folder, epochs=6, seed=1, model=None, data=None, verbose=False, **compiled):
    model = model or classifier(seed)
    compiled.setdefault("total_steps", epochs * 6)
    training.compile_classifier(model, 0.02, **compiled)
    data = data or Bars()
    history = training.fit(
        model,
        data,
        Bars(2, seed=9),
        epochs=epochs,
        folder=folder,
        seed=seed,
        verbose=verbose,
    )
    return model, history


def same_weights(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a.get_weights(), b.get_weights(), strict=True))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """One training that nobody interrupted: folder, model, history."""
    folder = tmp_path_factory.mktemp("reference")
    return folder, *train(folder)


@pytest.fixture(scope="module")
def short_run(tmp_path_factory):
    """Three epochs of two batches: training data, validation data, lines of progress."""
    data, validation, printed = Bars(2), Bars(1, seed=9), io.StringIO()
    with contextlib.redirect_stdout(printed):
        folder = tmp_path_factory.mktemp("short")
        training.fit(eager(), data, validation, epochs=3, folder=folder, seed=1, title="bars")
    return data, validation, printed.getvalue().strip().splitlines()


# Losses and metrics -----------------------------------------------------------------------------


@pytest.mark.slow
def test_classifier_learns_class_and_direction(reference):
    _, _, history = reference
    assert history["val_gesture_accuracy"][-1] > 0.9
    assert history["val_rotation_degrees"][-1] < history["val_rotation_degrees"][0] / 2


def test_unknown_rotations_count_neither_in_loss_nor_metric():
    model = classifier()
    training.compile_classifier(model)
    x, y, weights = Bars()[0]
    result = model.test_on_batch(x, y, weights, return_dict=True)
    assert all(np.isfinite(v) for v in result.values())
    read = keras.ops.convert_to_numpy(model(x)["rotation"])
    known = weights["rotation"] == 1
    loss = (((read - y["rotation"])[known] ** 2).sum(axis=1) / 2).sum() / len(x)
    assert result["rotation_loss"] == pytest.approx(loss, rel=1e-4)
    difference = np.degrees(np.arctan2(*read[known].T) - np.arctan2(*y["rotation"][known].T))
    expected = np.abs((difference + 180) % 360 - 180).mean()
    assert result["rotation_degrees"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_segmenter_learns(tmp_path):
    model = segmenter()
    training.compile_segmenter(model, 0.03)
    history = training.fit(
        model,
        Bars(outputs="segmenter"),
        Bars(2, seed=9, outputs="segmenter"),
        epochs=8,
        folder=tmp_path,
        seed=1,
        verbose=False,
    )
    assert max(history["val_iou"]) > 0.9


def test_learning_rate_warms_up_and_falls_to_zero():
    model = classifier()
    training.compile_classifier(model, learning_rate=0.01, total_steps=100)
    rates = [float(model.optimizer._learning_rate(step)) for step in (0, 5, 50, 100)]
    assert rates[0] == pytest.approx(0.001)
    assert rates[1] == pytest.approx(0.01)
    assert rates[1] > rates[2] > rates[3]
    assert rates[3] == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_outputs_without_a_target_get_no_loss(tmp_path, reference):
    _, plain, history = reference
    more, longer = train(tmp_path, model=classifier(more_outputs=True))
    assert longer == history
    assert same_weights(plain, more)


# The same twice, and after a kill ---------------------------------------------------------------


@pytest.mark.slow
def test_two_runs_of_one_seed_are_equal_and_worker_threads_change_nothing(tmp_path, reference):
    _, model, history = reference
    again, repeated = train(tmp_path, data=Bars(workers=3))
    assert repeated == history
    assert same_weights(again, model)


@pytest.mark.slow
def test_every_epoch_draws_its_own_batches_once(short_run):
    data, validation, _ = short_run
    # What Keras and the fingerprint draw ahead belongs to epoch 0.
    assert [d for d in data.drawn if d[0] > 0] == [(e, i) for e in (1, 2) for i in range(2)]
    assert {epoch for epoch, _ in validation.drawn} == {0}


@pytest.mark.slow
def test_progress_is_one_line_an_epoch_with_the_time_left(short_run):
    *_, lines = short_run
    assert len(lines) == 3
    assert all(line.startswith(f"bars: epoch {i}/3") for i, line in enumerate(lines, 1))
    assert "left]" in lines[0]
    assert "val" in lines[0]
    assert "done]" in lines[2]


CHILD = """
import sys
sys.path.insert(0, {tests!r})
import test_fitting as t
model, history = t.train(sys.argv[1], data=t.Bars(pause=float(sys.argv[2])), verbose=True)
t.save_model(model, sys.argv[1] + "/final.keras")
"""


@pytest.mark.slow
def test_kill_and_restart_ends_with_the_weights_of_an_uninterrupted_run(tmp_path, reference):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TF_NUM_INTRAOP_THREADS": "1"}
    command = [sys.executable, "-c", CHILD.format(tests=os.path.dirname(__file__))]
    folder = tmp_path / "killed"
    with subprocess.Popen(
        [*command, str(folder), "0.25"], env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        lines = iter(child.stdout.readline, "")
        next(line for line in lines if line.startswith("epoch 2/6"))
        time.sleep(0.6)  # the third epoch takes 1.5 s: it is in its middle
        child.send_signal(signal.SIGKILL)
    assert not (folder / "final.keras").exists()

    done = subprocess.run(
        [*command, str(folder), "0"], env=environment, capture_output=True, text=True, check=True
    )
    assert "going on after epoch 2" in done.stdout
    assert "epoch 1/6" not in done.stdout

    # In this process other layers were built before: automatic names differ, the training does not.
    _, model, history = reference
    assert same_weights(keras.models.load_model(folder / "final.keras"), model)
    _, resumed = train(folder)
    assert resumed == history


@pytest.mark.slow
def test_finished_training_is_loaded_not_repeated(reference, capsys):
    folder, model, history = reference
    data = Bars()
    loaded, again = train(folder, data=data, verbose=True)
    assert same_weights(model, loaded)
    assert again == history
    assert again.seconds == history.seconds
    assert "this training is done" in capsys.readouterr().out
    assert {epoch for epoch, _ in data.drawn} == {0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 2}, "seed"),
        ({"epochs": 5, "total_steps": 36}, "epochs"),
        ({"loss_weights": {"rotation": 0.1}}, "losses"),
        ({"data": "other"}, "training data"),
        ({"model": "other"}, "network"),
    ],
)
def test_checkpoint_of_another_training_is_never_taken_up(
    tmp_path, reference, capsys, monkeypatch, change, named
):
    (tmp_path / "checkpoint.npz").write_bytes((reference[0] / "checkpoint.npz").read_bytes())
    started_at = []
    monkeypatch.setattr(
        keras.Model, "fit", lambda self, *_, **given: started_at.append(given["initial_epoch"])
    )
    if "data" in change:
        change = {"data": Bars(seed=5)}
    if "model" in change:
        change = {"model": classifier(dropout=0.3)}
    model = change.setdefault("model", classifier(change.get("seed", 1)))
    before = model.get_weights()
    train(tmp_path, **change)
    out = capsys.readouterr().out
    assert "another training" in out
    assert named in out.split("differs in")[1]
    assert started_at == [0]
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@pytest.mark.slow
def test_unreadable_checkpoint_starts_anew_and_says_so(tmp_path, reference, capsys, monkeypatch):
    (tmp_path / "checkpoint.npz").write_bytes((reference[0] / "checkpoint.npz").read_bytes()[:500])
    started_at = []
    monkeypatch.setattr(
        keras.Model, "fit", lambda self, *_, **given: started_at.append(given["initial_epoch"])
    )
    train(tmp_path)
    assert "cannot be read" in capsys.readouterr().out
    assert started_at == [0]


def test_a_write_that_fails_leaves_the_old_checkpoint(tmp_path, monkeypatch, reference):
    path = tmp_path / "checkpoint.npz"
    content = (reference[0] / "checkpoint.npz").read_bytes()
    path.write_bytes(content)

    def disk_full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", disk_full)
    with pytest.raises(OSError, match="No space left"):
        training.fit(eager(), Bars(1), epochs=2, folder=tmp_path, seed=1, verbose=False)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


# Bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs is 0"),
        ({"epochs": 1.5}, ValueError, "epochs is 1.5"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"seed": "one"}, ValueError, "seed is 'one'"),
        ({"train": (np.zeros(1), np.zeros(1))}, TypeError, "train is a tuple"),
        ({"train": Bars(0)}, ValueError, "train has no batches"),
    ],
)
def test_fit_refuses(tmp_path, change, error, message):
    model = eager()
    arguments = {"train": Bars(2), "validation": Bars(1), "epochs": 1, "seed": 1, "verbose": False, **change}
    with pytest.raises(error, match=message):
        training.fit(model, folder=tmp_path, **arguments)


def test_the_gradient_of_a_bad_batch_is_cut_to_length_one():
    photo = keras.Input((8, 8, 3))
    model = keras.Model(photo, keras.layers.Conv2D(1, 1, activation="sigmoid", name="mask")(photo))
    model.layers[-1].set_weights([np.full((1, 1, 3, 1), 0.01), np.zeros(1)])
    training.compile_segmenter(model, learning_rate=1e-2)
    photos = np.full((2, 8, 8, 3), 100, np.float32)
    model.train_on_batch(photos, np.zeros((2, 8, 8, 1), np.float32))
    velocities = [v for v in model.optimizer.variables if "velocity" in v.path]
    # Adam remembers squares of gradients, a thousandth of each: of a gradient of length 1 at most 0.001.
    assert 0 < max(np.max(v) for v in velocities) <= 0.001 + 1e-6


def test_fit_refuses_a_model_that_is_not_compiled(tmp_path):
    with pytest.raises(ValueError, match="not compiled"):
        training.fit(classifier(), Bars(), epochs=1, folder=tmp_path, seed=1)


@pytest.mark.slow
def test_a_loss_that_is_no_number_stops_the_training(tmp_path):
    class Broken(Bars):
        def __getitem__(self, index):
            x, *rest = super().__getitem__(index)
            return x * np.nan, *rest

    with pytest.raises(FloatingPointError, match="the loss is nan in epoch 1"):
        training.fit(eager(), Broken(), epochs=2, folder=tmp_path, seed=1, verbose=False)
    assert not (tmp_path / "checkpoint.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"total_steps": 0}, "total_steps is 0"),
        ({"loss_weights": {"rotation": -1}}, r"loss_weights\['rotation'\] is -1"),
        ({"loss_weights": {"age": 1}}, "loss_weights are given for age; bars has gesture, rotation"),
    ],
)
def test_compile_classifier_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        training.compile_classifier(classifier(), **arguments)


def test_compile_refuses_the_wrong_kind_of_model():
    with pytest.raises(ValueError, match="has no head"):
        training.compile_classifier(segmenter())
    with pytest.raises(ValueError, match="gives one mask"):
        training.compile_segmenter(classifier())


def test_saved_model_gives_the_same_output_without_the_optimizer(tmp_path, reference):
    model = reference[1]
    path = save_model(model, tmp_path / "new" / "bars.keras")
    loaded = keras.models.load_model(path)
    x = Bars()[0][0]
    for name, value in model.predict_on_batch(x).items():
        assert np.array_equal(value, loaded.predict_on_batch(x)[name])
    model.save(tmp_path / "with_optimizer.keras")
    assert path.stat().st_size < (tmp_path / "with_optimizer.keras").stat().st_size * 0.6
    assert not loaded.compiled
    assert model.compiled  # ready to train on
    assert [p.name for p in path.parent.iterdir()] == ["bars.keras"]


@pytest.mark.soak
def test_fitting_under_jax_resumes_to_the_same_weights(tmp_path):
    pytest.importorskip("jax")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "KERAS_BACKEND": "jax"}
    script = f"""
import sys
sys.path.insert(0, {os.path.dirname(__file__)!r})
import test_fitting as t
class Failing(t.Bars):
    def __getitem__(self, index):
        if self.epoch == 2 and index == 3:
            raise RuntimeError("interrupted")
        return super().__getitem__(index)
whole, history = t.train(sys.argv[1] + "/whole", data=t.Bars(workers=2))
try:
    t.train(sys.argv[1] + "/halves", data=Failing())
except RuntimeError:
    pass
else:
    raise SystemExit("was not interrupted")
halves, again = t.train(sys.argv[1] + "/halves")
assert len(history["loss"]) == 6 and history == again, (history, again)
assert t.same_weights(whole, halves)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
