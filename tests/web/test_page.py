"""The page: its own tests under Node.js and in Chromium, and that its golden answers are today's.

They run where Node.js, the page's packages (`make test-page` fetches them) and, for some, Chromium are
installed; `pytest` ends with a line that says so where they are not.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from handvision.core.hand import Hand
from handvision.inference.own_gestures import OwnGestures
from tests.web.clip import write
from tests.web.golden import ANSWERS, OWN_GESTURES, WEB, answers, own_gestures

NODE = shutil.which("node")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
PACKAGES = WEB / "node_modules"


@pytest.fixture(scope="session")
def packages() -> Path:
    if NODE is None:
        pytest.skip("the page is not tested: install Node.js 20 or newer")
    if not PACKAGES.is_dir():
        pytest.skip("the page is not tested: `make test-page` fetches its packages")
    return PACKAGES


@pytest.fixture(scope="session")
def built(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What tests in Chromium find in their environment: the page just built, a clip, the browser."""
    if CHROMIUM is None:
        pytest.skip("the page is not tested in a browser: apt-get install chromium, or set CHROMIUM")
    folder = tmp_path_factory.mktemp("page")
    run("node", "build.mjs", str(folder / "page"))
    clip, _ = write(folder)
    return {"HANDVISION_PAGE": str(folder / "page"), "HANDVISION_CLIP": str(clip), "CHROMIUM": CHROMIUM}


def run(*command: str, timeout: int = 170, **environment: str) -> str:
    """Runs a command in web/; what it says is shown where it fails, else returned."""
    done = subprocess.run(
        command,
        cwd=WEB,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def test_golden_answers_are_what_python_answers_today() -> None:
    """If not: `python -m tests.web.golden`, and look at the difference."""
    expected, got = json.loads(ANSWERS.read_text("utf-8")), json.loads(json.dumps(answers()))
    readings, now = expected.pop("readings"), got.pop("readings")
    assert got == expected
    assert now.keys() == readings.keys() and len(readings) >= 6
    for name, reading in readings.items():
        assert len(now[name]["hands"]) == len(reading["hands"]) > 0, name
        for hand, wanted in zip(now[name]["hands"], reading["hands"], strict=True):
            assert hand["label"] == wanted["label"], name
            assert hand["box"] == pytest.approx(wanted["box"], abs=0.5), name


def test_lessons_of_own_gestures_are_what_python_says_today() -> None:
    """If not: `python -m tests.web.golden`."""
    expected, got = json.loads(OWN_GESTURES.read_text("utf-8")), json.loads(json.dumps(own_gestures()))
    for lesson, now in zip(expected, got, strict=True):
        assert now["advice"] == lesson["advice"]
        assert [name for name, _ in now["read"]] == [name for name, _ in lesson["read"]]
        probabilities = [[probability for _, probability in each["read"]] for each in (now, lesson)]
        assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-3)
        assert now["file"]["gestures"][0]["name"] == lesson["file"]["gestures"][0]["name"]


@pytest.mark.parametrize("number", [0, 1])
def test_what_the_page_teaches_python_reads(packages: Path, tmp_path: Path, number: int) -> None:
    lesson = json.loads(OWN_GESTURES.read_text("utf-8"))[number]
    path = tmp_path / "gestures.json"
    path.write_text(run("node", "tests/teach.mjs", str(number)), "utf-8")
    gestures = OwnGestures.load(path, model=lesson["model"])
    assert gestures.counts == OwnGestures._from_json(lesson["file"]).counts
    for seen, (name, probability) in zip(lesson["asked"], lesson["read"], strict=True):
        hand = Hand(
            keypoints=np.array(seen["keypoints"], np.float32),
            embedding=np.array(seen["embedding"], np.float32),
            handedness=seen["handedness"],
            model=lesson["model"],
        )
        assert gestures.read(hand) == (name, pytest.approx(probability, abs=1e-3))


def test_functions_without_a_page(packages: Path) -> None:
    run("node", "--test", "tests/pure.test.js", "tests/own_gestures.test.js")


def test_types(packages: Path) -> None:
    run("node_modules/.bin/tsc", "-p", ".")


@pytest.mark.slow
def test_pictures_files_faults_and_accessibility(built: dict[str, str]) -> None:
    run("node", "--test", "tests/page.test.js", timeout=500, **built)


@pytest.mark.slow
def test_the_webcam(built: dict[str, str]) -> None:
    run("node", "--test", "tests/camera.test.js", timeout=300, **built)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ten_minutes_without_growing_memory(built: dict[str, str]) -> None:
    run("node", "--test", "tests/soak.test.js", timeout=800, **built)
