"""Runs the notebooks from top to bottom: `python notebooks/run.py [--publish] [--jobs N] [NAME ...]`.

Each executed notebook and an HTML copy of it are left in runs/notebooks/. HANDVISION_PROFILE,
HANDVISION_DATA and HANDVISION_SEED choose what is run (see docs/lectures.md). With --publish, executed
copies go to the places of the originals, ready to be committed.

Two notebooks run at a time, each on half of the cores. With a GPU, or `--jobs 1`, they run one after the
other.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from handvision.core.products import PRODUCTS
from handvision.core.workspace import Settings, workspace

REPOSITORY = Path(__file__).resolve().parents[1]

_DOWNLOAD, _OWN = "notebooks/1_download_data.ipynb", "notebooks/4_own_gestures.ipynb"
_NUMBERS, _GESTURES, _UNET, _DEEPLAB, _COMBINED = (product.notebook for product in PRODUCTS.values())
NOTEBOOKS = (_DOWNLOAD, _NUMBERS, _GESTURES, _UNET, _DEEPLAB, _OWN, _COMBINED)
# A notebook -> those that go before it: the first fetches the data; the combined one reads the models of two
# others where no released ones are at hand. Of those that may start, the first in this order does.
AFTER = {
    _UNET: {_DOWNLOAD},
    _NUMBERS: {_DOWNLOAD},
    _DEEPLAB: {_DOWNLOAD, _UNET},
    _GESTURES: {_DOWNLOAD},
    _COMBINED: {_DOWNLOAD, _UNET, _NUMBERS},
    _OWN: {_DOWNLOAD},
}
# What TensorFlow, OpenCV and NumPy read.
THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
LARGEST_COMMITTED_BYTES = 2 * 2**20


def run(path: str, folder: Path, quiet: bool = False) -> Path:
    """Executes one notebook of the repository; returns the executed copy in `folder`.

    An error in a cell ends the run; the executed copy up to that cell stays in `folder`.

    Raises:
        papermill.PapermillExecutionError: a cell failed; the message holds its traceback.
    """
    import papermill
    from nbconvert import HTMLExporter

    # TensorFlow reports its thread pools as errors; what matters comes as Python exceptions anyway.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    folder.mkdir(parents=True, exist_ok=True)
    executed = folder / Path(path).name
    papermill.execute_notebook(
        REPOSITORY / path,
        executed,
        cwd=REPOSITORY,
        kernel_name="python3",
        progress_bar=not quiet,
        log_output=not quiet,
        stdout_file=None if quiet else sys.stdout,
        stderr_file=None if quiet else sys.stderr,
    )
    html, _ = HTMLExporter().from_filename(str(executed))
    executed.with_suffix(".html").write_text(html, encoding="utf-8")
    return executed


def publish(executed: Path, path: str) -> None:
    """Puts an executed notebook in the place of its original, without the traces of the machine.

    Raises:
        ValueError: it is too large, has an error, or was not run in order.
    """
    import nbformat

    notebook = nbformat.read(executed, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        raise ValueError(f"{executed} was not executed from top to bottom; run it again")
    if any(output.output_type == "error" for cell in code for output in cell.outputs):
        raise ValueError(f"{executed} holds an error; mend it and run it again")
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _is_noise(output)]
    size = len(json.dumps(notebook).encode())
    if size > LARGEST_COMMITTED_BYTES:
        raise ValueError(f"{executed} is {size / 2**20:.1f} MiB; at most 2 MiB are committed")
    temporary = REPOSITORY / f"{path}.partial"
    nbformat.write(notebook, temporary)
    os.replace(temporary, REPOSITORY / path)


def _is_noise(output: Any) -> bool:
    """A step of a progress bar, the line feed that ends one, or what TensorFlow says as it is loaded."""
    if output.get("name") != "stderr":
        return False
    return "\r" in output.text or "oneDNN custom operations" in output.text or not output.text.strip()


def run_all(
    paths: Sequence[str], folder: Path, jobs: int, after: Mapping[str, Set[str]] = AFTER
) -> dict[str, int]:
    """Runs notebooks, `jobs` at a time, each in a process of its own; one starts when what it needs is done.

    Args:
        paths: of notebooks.
        folder: of the executed copies.
        jobs: how many run at a time; they share the cores.
        after: a notebook -> those that it waits for.

    Returns:
        Name of each notebook -> exit status of its process; where one failed, no other is started.
    """
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    sharing = {**os.environ, **dict.fromkeys(THREADS, threads)} if jobs > 1 else dict(os.environ)
    # The longest chain, of the segmenters, goes first.
    waiting, running, status = sorted(paths, key=[_DOWNLOAD, *AFTER].index), {}, {}
    while waiting or running:
        failed = any(status.values())
        ready = [p for p in waiting if not (after.get(p, set()) & {*waiting, *running})]
        for path in [] if failed else ready[: jobs - len(running)]:
            waiting.remove(path)
            # A last one that is alone has the machine to itself.
            environment = sharing if waiting or running else dict(os.environ)
            running[path] = (_start(path, folder, environment, quiet=jobs > 1), time.monotonic())
        if not running:
            break
        time.sleep(0.2)
        for path, (process, since) in list(running.items()):
            if process.poll() is not None:
                del running[path]
                status[path] = process.returncode
                print(f"=== {path}: {time.monotonic() - since:.0f} s", flush=True)
                if process.returncode and jobs > 1:
                    print(_log(path, folder).read_text("utf-8", errors="replace")[-4000:], flush=True)
    return status


def _start(path: str, folder: Path, environment: dict[str, str], quiet: bool) -> subprocess.Popen:
    folder.mkdir(parents=True, exist_ok=True)
    print(f"=== {path} starts", flush=True)
    command = [sys.executable, __file__, "--here", path]
    if not quiet:
        return subprocess.Popen(command, env=environment)
    with _log(path, folder).open("w", encoding="utf-8") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)


def _log(path: str, folder: Path) -> Path:
    return (folder / Path(path).name).with_suffix(".log")


def default_jobs() -> int:
    """Two on a machine with two cores or more; one where they would share a GPU."""
    return 1 if shutil.which("nvidia-smi") else min(2, os.cpu_count() or 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--publish", action="store_true", help="put executed copies in their places")
    parser.add_argument("--jobs", type=int, default=default_jobs(), help="how many run at a time")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("only", nargs="*", help="run only the notebooks whose path contains one of these")
    arguments = parser.parse_args()
    settings = Settings.resolve()
    if arguments.publish and settings.data != "rendered":
        parser.error("committed outputs show no downloaded picture: set HANDVISION_DATA=rendered to publish")
    if arguments.jobs < 1:
        parser.error(f"--jobs is {arguments.jobs}; use 1 or more")
    chosen = [p for p in NOTEBOOKS if not arguments.only or any(part in p for part in arguments.only)]
    if not chosen:
        parser.error(f"no notebook matches {arguments.only}; there are {', '.join(NOTEBOOKS)}")
    folder = workspace().runs / "notebooks"
    if arguments.here:
        for path in chosen:
            run(path, folder)
        return 0
    print(f"{len(chosen)} notebooks (profile {settings.profile}, data {settings.data})", flush=True)
    started = time.monotonic()
    # Rendered hands need no download.
    rendered = settings.data == "rendered"
    after = {path: first - {_DOWNLOAD} if rendered else first for path, first in AFTER.items()}
    status = run_all(chosen, folder, arguments.jobs, after)
    if any(status.values()) or len(status) < len(chosen):
        print(f"\nstopped: {', '.join(p for p in chosen if status.get(p) != 0)} did not run to the end")
        return 1
    if arguments.publish:
        for path in chosen:
            publish(folder / Path(path).name, path)
    print(f"\nAll {len(chosen)} notebooks ran in {(time.monotonic() - started) / 60:.1f} minutes.")
    print(f"Executed notebooks and HTML copies: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
