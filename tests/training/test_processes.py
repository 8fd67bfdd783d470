"""Several processes train what one does, go on after each other's death, and say who was lost.

The tests at the end start real processes of Keras on JAX, which takes half a minute each time.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import keras
import numpy as np
import pytest

from handvision.training import distribution, launcher, recipes, running
from handvision.training.checkpoints import read_checkpoint
from handvision.training.distribution import ADDRESSES, COUNT, NUMBER, PULSE, Rank, named, shared
from tests.helpers.hosts import HOSTS, set_link, started_on, two_hosts

# --- shares -------------------------------------------------------------------------------------------


class Numbers(keras.utils.PyDataset):
    """Batches of 6 numbers with targets and weights in a dict; the last has `last`."""

    epoch = 0

    def __init__(self, batches=3, last=6):
        super().__init__()
        self.batches, self.last = batches, last

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        x = 100 * index + np.arange(self.last if index == self.batches - 1 else 6.0)[:, None]
        return x, {"gesture": x + 0.5}, {"gesture": x[:, 0]}


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_shares_side_by_side_are_the_batch(count):
    whole = Numbers()
    shares = [shared(whole, Rank(number, count)) for number in range(count)]
    for index in range(3):
        parts = zip(*(keras.tree.flatten(share[index]) for share in shares), strict=True)
        for part, array in zip(parts, keras.tree.flatten(whole[index]), strict=True):
            assert np.array_equal(np.concatenate(part), array)


@pytest.mark.parametrize(
    ("count", "last", "batches", "pictures"),
    [
        (2, 5, 3, 2),  # one picture is left over
        (4, 5, 3, 1),
        (4, 3, 2, None),  # fewer than processes: no process sees that batch
    ],
)
def test_all_processes_take_as_many_steps_with_as_many_pictures(count, last, batches, pictures):
    shares = [shared(Numbers(last=last), Rank(number, count)) for number in range(count)]
    assert {len(share) for share in shares} == {batches}
    if pictures:
        assert {len(share[2][0]) for share in shares} == {pictures}
        seen = np.concatenate([share[2][0] for share in shares])
        assert len(np.unique(seen)) == count * pictures


def test_a_share_is_in_the_epoch_of_its_sequence():
    whole = Numbers()
    share = shared(whole, Rank(1, 2))
    share.epoch = 7
    assert whole.epoch == share.epoch == 7


def test_a_batch_smaller_than_the_processes_is_told():
    with pytest.raises(ValueError, match="a batch has 2 pictures for 3 processes; raise batch_size"):
        shared(Numbers(batches=1, last=2), Rank(0, 3))


# --- who this process is ------------------------------------------------------------------------------


def test_the_environment_names_a_process():
    assert named({}) == distribution.ALONE
    assert named(launcher.variables(1, 3, "10.0.0.1:99")) == Rank(1, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({NUMBER: None}, f"set {ADDRESSES}, {COUNT} and {NUMBER} together"),
        ({NUMBER: "3"}, f"{NUMBER} is 3; {COUNT} is 3, so use 0 to 2"),
        ({NUMBER: "one"}, f"{NUMBER} is 'one'; use a whole number"),
        ({COUNT: "0"}, COUNT),
    ],
)
def test_a_wrong_environment_is_told(change, message):
    environment = {**launcher.variables(1, 3, "10.0.0.1:99"), **change}
    with pytest.raises(ValueError, match=message):
        named({name: value for name, value in environment.items() if value is not None})


def test_what_one_process_alone_can_train_is_refused(tmp_path):
    with pytest.raises(ValueError, match="kind is finder; several processes train segmenter and classifier"):
        launcher.train_in_processes(recipes.get("finder", "smoke"), tmp_path, 2)
    with pytest.raises(ValueError, match="processes is 0"):
        launcher.train_in_processes(recipes.get("unet", "smoke"), tmp_path, 0)
    assert not any(tmp_path.iterdir())


def test_other_backends_than_jax_are_refused(tmp_path, monkeypatch):
    for name, value in launcher.variables(0, 2, "127.0.0.1:9").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match="KERAS_BACKEND is tensorflow; several processes train on jax alone"):
        running.run_recipe(recipes.get("unet", "smoke"), tmp_path)


# --- who was lost -------------------------------------------------------------------------------------

# A process of a training, which does what a line says.
PRETENDED = f"""
import os, signal, sys, time
number, pulse = os.environ["{NUMBER}"], int(os.environ["{PULSE}"])
def moves(count):
    os.write(pulse, b"%d\\n" % count)
"""


def watch_pretended(line):
    launcher.watch([sys.executable, "-c", PRETENDED + line], 2)


def test_processes_that_end_well_are_done(tmp_path):
    watch_pretended(f"moves(1); open({str(tmp_path)!r} + '/' + number, 'w')")
    assert {path.name for path in tmp_path.iterdir()} == {"0", "1"}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("does", "other", "limit", "message"),
    [
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            "time.sleep(60)",
            None,
            "was killed by signal 9",
        ),
        ("sys.exit('no data')", "time.sleep(60)", None, "failed with exit code 1; start again"),
        ("(moves(1), os.kill(os.getpid(), signal.SIGSTOP))", "time.sleep(60)", "SILENT_SECONDS", "is frozen"),
        ("time.sleep(60)", "(moves(2), time.sleep(60))", "BEHIND_SECONDS", "is stuck: the others have"),
    ],
)
def test_who_was_lost_is_named(number, does, other, limit, message, monkeypatch):
    if limit:
        monkeypatch.setattr(launcher, limit, 0.5)
    with pytest.raises(RuntimeError, match=f"^process {number} of 2 {message}"):
        watch_pretended(f"{does} if number == '{number}' else {other}")


def test_who_gave_up_waiting_is_not_the_one_that_is_stuck():
    with pytest.raises(RuntimeError, match=r"^process 1 of 2 is stuck: process 0 of 2 has waited"):
        watch_pretended("time.sleep(60 * int(number)); moves(2); sys.exit(1)")


def test_what_a_lost_process_said_is_told():
    with pytest.raises(RuntimeError, match="no data here"):
        watch_pretended("sys.exit('no data here') if number == '1' else time.sleep(60)")


# --- real processes -----------------------------------------------------------------------------------

STEPS = 50  # epochs of one step: the loss of an epoch is that of its step


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The recipes, and the environment in which they train."""
    folder = tmp_path_factory.mktemp("processes")
    numbers = recipes.get("finger_numbers", "smoke", data="rendered", seed=2)
    # At the recipes' own rates, 20 and 30 times as high, a last digit of float32 grows to 5 % in 50 steps.
    rate = 1e-4
    numbers = replace(numbers, train=36, test=12, crop=32, batch_size=64, epochs=STEPS, learning_rate=rate)
    unet = recipes.get("unet", "smoke", data="rendered")
    phase = replace(unet.phases[0], size=(48, 48), steps=1, epochs=STEPS, learning_rate=rate)
    unet = replace(unet, train=8, test=4, batch_size=8, phases=(phase,))
    for recipe in (numbers, unet):
        (folder / f"{recipe.product}.json").write_text(recipe.dumps())
    return folder


def environment(folder, **more):
    """Of processes that draw the data once for all tests."""
    return {
        **os.environ,
        "PYTHONPATH": os.getcwd(),
        "HANDVISION_DATA_FOLDER": str(folder / "data"),
        "HANDVISION_RUNS_FOLDER": str(folder / "runs"),
        **more,
    }


def command(folder, product, out, *more):
    recipe = str(folder / f"{product}.json")
    return [sys.executable, "-m", "handvision", "train", recipe, "--folder", str(out), *more]


def trained(folder, product, count, **more):
    """State and arrays of the checkpoint after a whole training."""
    out = folder / f"{product}-{count}{''.join(more)}"
    if not out.exists():
        done = subprocess.run(
            command(folder, product, out, "--processes", str(count)),
            env=environment(folder, **more),
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert keras.models.load_model(out / f"{product}.keras").name == product
    return checkpoint(out)


def checkpoint(out):
    (path,) = (out / "training").rglob("checkpoint.npz")
    return read_checkpoint(path)


def same_weights(one, other):
    return all(map(np.array_equal, one[1]["weights"], other[1]["weights"]))


@pytest.mark.soak
@pytest.mark.parametrize("product", ["finger_numbers", "unet"])
def test_two_processes_learn_what_one_learns(product, folder):
    one, two = (trained(folder, product, count)[0]["history"]["loss"] for count in (1, 2))
    assert len(one) == len(two) == STEPS
    assert two[0] == pytest.approx(one[0], rel=1e-6)
    assert two[-1] == pytest.approx(one[-1], rel=1e-3)
    assert one[-1] < one[0]


@pytest.mark.soak
@pytest.mark.parametrize("number", [0, 1])
def test_a_killed_process_is_named_and_the_next_start_goes_on(number, folder):
    import psutil

    out = folder / f"killed {number}"
    whole = trained(folder, "finger_numbers", 2)
    run = command(folder, "finger_numbers", out, "--processes", "2")
    with subprocess.Popen(run, env=environment(folder), stderr=subprocess.PIPE, text=True) as first:
        while not list(out.glob("training/checkpoint.npz")):
            assert first.poll() is None
            time.sleep(0.05)
        children = psutil.Process(first.pid).children()
        (victim,) = (child for child in children if child.environ().get(NUMBER) == str(number))
        victim.kill()
        said = first.communicate(timeout=120)[1]
    assert first.returncode == 2
    assert f"process {number} of 2 was killed by signal 9; start again" in said
    assert not any(child.is_running() for child in children)
    assert 0 < checkpoint(out)[0]["epoch"] < STEPS
    subprocess.run(run, env=environment(folder), check=True, timeout=500)
    again = checkpoint(out)
    assert again[0]["epoch"] == STEPS and same_weights(again, whole)
    assert again[0]["history"] == whole[0]["history"]


# Keras' batch norm computes in float32 even where all else is float64 (its lattice of types ends there): its
# rounding would hide what the exchange of the processes does. Python imports this when it starts.
DOUBLE = """
from keras.src import backend
plain = backend.result_type
backend.result_type = lambda *dtypes: "float64" if "float64" in map(str, dtypes) else plain(*dtypes)
"""


@pytest.mark.soak
def test_in_double_precision_two_processes_are_one(folder):
    (folder / "keras").mkdir()
    (folder / "keras/keras.json").write_text(json.dumps({"floatx": "float64"}))
    (folder / "keras/sitecustomize.py").write_text(DOUBLE)
    more = {
        "KERAS_HOME": str(folder / "keras"),
        "KERAS_BACKEND": "jax",
        "JAX_ENABLE_X64": "1",
        "PYTHONPATH": os.pathsep.join([str(folder / "keras"), os.getcwd()]),
    }
    one, two = (trained(folder, "finger_numbers", count, **more) for count in (1, 2))
    assert one[1]["weights"][0].dtype == np.float64
    assert two[0]["history"]["loss"] == pytest.approx(one[0]["history"]["loss"], rel=1e-8)
    for ours, theirs in zip(one[1]["weights"], two[1]["weights"], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-8)


# --- two hosts ----------------------------------------------------------------------------------------

PORT = 29877


@pytest.fixture
def hosts():
    with two_hosts() as made:
        yield made


def on_hosts(folder, out):
    """The processes of a training, one a host, as a cluster starts them."""
    processes = []
    for number, name in enumerate(HOSTS):
        named = launcher.variables(number, len(HOSTS), f"{HOSTS['handvision-0']}:{PORT}")
        run = command(folder, "finger_numbers", out)
        env = environment(folder, **named)
        processes.append(started_on(name, run, env=env, stderr=subprocess.PIPE, text=True))
    return processes


@pytest.mark.soak
def test_two_hosts_train_as_two_processes_of_one_and_end_when_the_link_is_cut(hosts, folder):
    out = folder / "hosts"
    processes = on_hosts(folder, out)
    try:
        while not list(out.glob("training/checkpoint.npz")):
            assert all(process.poll() is None for process in processes)
            time.sleep(0.05)
        set_link("down")
        said = [process.communicate(timeout=150)[1] for process in processes]
        assert all(process.returncode for process in processes)
        assert re.search(r"tasks are unhealthy.*:\s+1\s", said[0]), said[0]
        set_link("up")
        assert 0 < checkpoint(out)[0]["epoch"] < STEPS
        processes = on_hosts(folder, out)
        said = [process.communicate(timeout=500)[1] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], said
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
    assert same_weights(checkpoint(out), trained(folder, "finger_numbers", 2))
