"""What all tests share. Nothing here imports Keras: tests that need none start at once."""

import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("MPLBACKEND", "Agg")  # no drawing on a screen
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import cv2
import numpy as np
import pytest

from tests.helpers.photos import colour_reader, hand

TESTS = Path(__file__).parent
# Tests of these parts run without TensorFlow, but for those that ask for a model.
LIGHT = ("core", "imaging", "media", "datasets", "synthesis", "plotting")


def pytest_collection_modifyitems(items):
    if "HANDVISION_ARCHIVES" not in os.environ:
        for item in items:
            if item.get_closest_marker("archives"):
                item.add_marker(pytest.mark.skip("HANDVISION_ARCHIVES names no folder of real archives"))


def pytest_terminal_summary(terminalreporter):
    """Says loudly that the page was not tested: where Node.js or Chromium is missing."""
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if "web/" in report.nodeid]
    for reason in sorted({report.longrepr[2] for report in skipped if "page" in str(report.longrepr)}):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True, bold=True)


@pytest.fixture(autouse=True)
def no_tensorflow_where_none_is_needed(request):
    """Fails a test of a light part that loads TensorFlow: it would cost everyone ten seconds."""
    before = "tensorflow" in sys.modules
    yield
    light = request.path.relative_to(TESTS).parts[0] in LIGHT and "model" not in request.fixturenames
    assert before or not light or "tensorflow" not in sys.modules, "this test has loaded TensorFlow"


@pytest.fixture
def commands_hear_ctrl_c():
    """What this test runs hears Ctrl-C, even where a shell runs the tests in the background, deaf to it.

    A handler of ours is none of theirs, but an ignored signal stays ignored in every process that we begin.
    (`preexec_fn` would do it, too: by a fork, which may hang where JAX has threads.)
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory):
    """The folder that real archives are unpacked into, once for all processes of a run: it is locked."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "unpacked"


@pytest.fixture(scope="session")
def model():
    """tests.helpers.photos.colour_reader: a combined model whose answers are known."""
    return colour_reader()


@pytest.fixture(scope="session")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "combined.keras"
    model.save(path)
    return path


@pytest.fixture
def video(tmp_path):
    """Nine frames: the red rectangle moves to the right by 8 pixels a frame; the last has none."""
    path = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 12, (160, 120))
    assert writer.isOpened()
    for i in range(9):
        frame = hand(120, 160, (8 * i, 40, 8 * i + 40, 100)) if i < 8 else np.zeros((120, 160, 3), np.uint8)
        writer.write(frame[..., ::-1].copy())
    writer.release()
    return path
