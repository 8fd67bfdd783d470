"""Photos go to the teacher's own Python environment, and the hands that it finds come back."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCRIPT = Path(__file__).with_name("mediapipe_hands.py")
# Low: what is believed is decided later, by agreement between views.
CONFIDENCE = 0.3
# A photo, and its views: (x0, y0, x1, y1, quarter turns) each.
Question = tuple[NDArray[np.uint8], list[tuple[int, int, int, int, int]]]


class TeacherUnavailable(RuntimeError):
    """The teacher cannot be run. The message says why, and how its environment is made."""


class Teacher:
    """A running teacher; use it in a `with` statement.

    Args:
        python: the interpreter of an environment that has MediaPipe.

    Attributes:
        card: what the teacher says that it is: name and version, confidence, hashes of its model files.

    Raises:
        TeacherUnavailable: there is no such interpreter, or it has no MediaPipe.
    """

    def __init__(self, python: str | os.PathLike[str]) -> None:
        self._python = python
        try:
            # One thread a library: several teachers may run, and trainings beside them.
            self._process = subprocess.Popen(
                [python, SCRIPT, str(CONFIDENCE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"OMP_NUM_THREADS": "1", "GLOG_minloglevel": "2"},
            )
        except OSError as error:
            raise TeacherUnavailable(f"{python} cannot be started ({error.strerror}). {_how_to()}") from None
        self.card: dict[str, Any] = self._answer()

    def __enter__(self) -> "Teacher":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def hands(self, questions: Iterable[Question]) -> Iterator[list[dict[str, Any]]]:
        """For every photo the hands found in its views, as `mediapipe_hands.py` describes them.

        Raises:
            TeacherUnavailable: it stopped.
        """
        assert self._process.stdin
        for photo, views in questions:
            request = {"size": photo.shape[:2], "views": views}
            self._process.stdin.write(json.dumps(request).encode() + b"\n" + photo.tobytes())
            self._process.stdin.flush()
            yield self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise TeacherUnavailable(f"{self._python} stopped with status {self._stop()}. {_how_to()}")
        return json.loads(line)

    def _stop(self) -> int:
        """Ends the teacher, which reads until there is no more to read; its exit status."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        return self._process.wait()


def _how_to() -> str:
    return (
        "The teacher needs an environment of its own: `python -m venv MEDIAPIPE`, then "
        '`MEDIAPIPE/bin/pip install mediapipe==0.10.21 "numpy<2"`, and give MEDIAPIPE/bin/python.'
    )
