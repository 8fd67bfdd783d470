"""Every command of README, CONTRIBUTING and docs runs, on rendered hands, as it is written there.

Blocks of a page run in order, in one folder, and its Python in one namespace. What takes long is run by
`make walk`; what is not run at all stands in `NOT_RUN`, with the reason.
"""

import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from handvision.cli import main
from handvision.media.video_file import video_file
from handvision.media.videos import Frame
from handvision.synthesis.rendered import render

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
BLOCK = re.compile(r"^( *)```(sh|python)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)

# Beginning of a command or block -> why no test runs it.
NOT_RUN = {
    "pip install": "downloads; that there is such an extra is tested",
    "make ": "the rest of the suite; that there is such a target is tested",
    "handvision train finder --profile full": "hours, on real data",
    "handvision train close_reader --profile full": "hours, on real data",
    "handvision train reader --profile full": "hours, on real data",
    "handvision train reader --packed": "tests/training/test_packed.py runs it",
    "handvision train combined --data real": "needs the two trainings above",
    "handvision release export runs/": "needs the trainings above",
    "python -m handvision.studies.everyday": "needs the trainings above",
    "python -m handvision.studies.appearance": "tests/studies/test_appearance.py runs it on few photos",
    "handvision release combined": "needs the trainings above",
    "handvision release hub": "tests/studies/test_hub.py runs it",
    "cp runs/": "needs the trainings above",
    "python -m tests.": "writes the answers that other tests compare with",
    "python benchmarks/": "measures times, beside MediaPipe",
    "handvision train finger_numbers --profile quick": "tests/training/test_processes.py starts them",
    "export KERAS_DISTRIBUTION": "tests/training/test_processes.py sets the same",
    "handvision study cards": "tests/studies/test_cards.py renders the same",
    "import pandas": "tests/cli/test_bulk.py runs it",
    "import polars": "tests/cli/test_bulk.py runs it",
    "import duckdb": "tests/cli/test_bulk.py runs it",
    "from handvision.inference.bulk.rows": "tests/inference/bulk tests the function",
    "import pyarrow\nfrom pyspark": "needs Spark; the page says that we have not run it",
    "import daft": "needs Daft; the page says that we have not run it",
}
# Takes tens of seconds, mostly because it loads TensorFlow.
LONG = (
    "handvision bulk",
    "handvision train finger_numbers",
    "handvision release export models/",
    'handvision.predict("desk.jpg", model="models/combined.keras")',
    "from dataclasses import replace",
    "from handvision import models",
    "handvision train --list",
)


@dataclass(frozen=True)
class Command:
    """A line of a `sh` block, or a whole `python` block."""

    language: str
    text: str

    @property
    def long(self) -> bool:
        return self.text.startswith(LONG)

    @property
    def not_run(self) -> bool:
        return self.text.startswith(tuple(NOT_RUN))


def commands_of(page):
    found = []
    for indent, language, block in BLOCK.findall((ROOT / page).read_text("utf-8")):
        lines = [line.removeprefix(indent) for line in block.splitlines()]
        if language == "python":
            found.append(Command("python", "\n".join(lines)))
        else:
            found += [Command("sh", line.strip()) for line in lines if line.strip()]
    return found


WITH_COMMANDS = [page for page in PAGES if any(not c.not_run for c in commands_of(page))]
WITH_LONG_ONES = [page for page in PAGES if any(c.long for c in commands_of(page))]


@pytest.fixture(scope="module")
def hands():
    return render(3, size=256, seed=11, mesh=1.0, split="test", empty=0)


@pytest.fixture
def here(hands, tmp_path, monkeypatch):
    """The folder of somebody who follows the pages: photos by the names there, a camera that shows a hand."""
    first, *others = [Image.fromarray(photo) for photo in hands.photos]
    for folder in ("holidays", "lessons", "scans"):
        (tmp_path / folder).mkdir()
        first.save(tmp_path / folder / "a.jpg")
    for name in ("desk", "1", "2", "3", "photo"):
        first.save(tmp_path / f"{name}.jpg")
    others[0].save(tmp_path / "party.jpg")
    (tmp_path / "list.txt").write_text("desk.jpg\n")
    with video_file(tmp_path / "clip.mp4", 25.0) as add:
        for number in range(3):
            add(hands.photos[0], number / 25)
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    frames = [Frame(hands.photos[0], number, number / 25) for number in range(3)]
    monkeypatch.setattr("handvision.media.sources._watch", lambda camera: (frame for frame in frames))


def run(commands):
    namespace = {"__name__": "__main__"}
    for command in commands:
        if command.language == "python":
            exec(compile(command.text, "page", "exec"), namespace)
        else:
            program, *arguments = shlex.split(command.text, comments=True)
            assert program == "handvision", f"say in NOT_RUN why no test runs {command.text!r}"
            assert main(arguments) == 0, command.text


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of(page, here):
    run([command for command in commands_of(page) if not (command.long or command.not_run)])


@pytest.mark.soak
@pytest.mark.parametrize("page", WITH_LONG_ONES)
def test_the_long_commands_of(page, here):
    commands = [command for command in commands_of(page) if not command.not_run]
    # Python goes on from blocks before it.
    run([command for command in commands if command.long or command.language == "python"])


def test_targets_and_extras_exist():
    texts = [command.text for page in PAGES for command in commands_of(page)]
    targets = {shlex.split(text, comments=True)[1] for text in texts if text.startswith("make ")}
    rules = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert targets and targets <= rules
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {
        extra for page in PAGES for extra in re.findall(r"'\.\[(\w+)\]'", (ROOT / page).read_text("utf-8"))
    }
    assert extras and extras <= set(project["optional-dependencies"])


def test_every_exception_is_still_needed():
    texts = [command.text for page in PAGES for command in commands_of(page)]
    assert [start for start in (*NOT_RUN, *LONG) if not any(text.startswith(start) for text in texts)] == []
