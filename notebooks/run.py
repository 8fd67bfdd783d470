"""Runs the six notebooks from top to bottom: `python notebooks/run.py [--publish]`.

Each executed notebook and an HTML copy of it are left in runs/notebooks/. HANDVISION_PROFILE,
HANDVISION_DATA and HANDVISION_SEED choose what is run (see README.md). With --publish, executed
copies go to the places of the originals, ready to be committed.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

import nbformat
import papermill
from nbconvert import HTMLExporter

from handvision.core.products import PRODUCTS
from handvision.core.workspace import REPOSITORY, Settings, runs_folder

NOTEBOOKS = ("notebooks/1_download_data.ipynb", *(product.notebook for product in PRODUCTS.values()))
LARGEST_COMMITTED_BYTES = 2 * 2**20


def run(path: str, folder: Path, quiet: bool = False) -> Path:
    """Executes one notebook of the repository; returns the executed copy in `folder`.

    An error in a cell ends the run; the executed copy up to that cell stays in `folder`.

    Raises:
        papermill.PapermillExecutionError: a cell failed; the message holds its traceback.
    """
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


def _is_noise(output) -> bool:
    """A step of a progress bar, the line feed that ends one, or what TensorFlow says as it is loaded."""
    if output.get("name") != "stderr":
        return False
    return "\r" in output.text or "oneDNN custom operations" in output.text or not output.text.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--publish", action="store_true", help="put executed copies in their places")
    parser.add_argument("only", nargs="*", help="run only the notebooks whose path contains one of these")
    arguments = parser.parse_args()
    settings = Settings.resolve()
    if arguments.publish and settings.data != "rendered":
        parser.error("committed outputs show no downloaded picture: set HANDVISION_DATA=rendered to publish")
    chosen = [p for p in NOTEBOOKS if not arguments.only or any(part in p for part in arguments.only)]
    if not chosen:
        parser.error(f"no notebook matches {arguments.only}; there are {', '.join(NOTEBOOKS)}")
    folder = runs_folder() / "notebooks"
    started = time.monotonic()
    for number, path in enumerate(chosen, 1):
        print(
            f"\n=== {number}/{len(chosen)}  {path}  (profile {settings.profile}, data {settings.data})",
            flush=True,
        )
        since = time.monotonic()
        executed = run(path, folder)
        print(f"=== {path}: {time.monotonic() - since:.0f} s", flush=True)
        if arguments.publish:
            publish(executed, path)
    print(f"\nAll {len(chosen)} notebooks ran in {(time.monotonic() - started) / 60:.1f} minutes.")
    print(f"Executed notebooks and HTML copies: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
