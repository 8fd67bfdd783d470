"""Opens the released models in older releases of Keras, and compares their outputs with the installed one's.

Run from the repository's root: `.venv/bin/python benchmarks/abuse/keras_versions.py 3.10.0 3.12.0`. Each
release is installed into a temporary folder, without its dependencies. Exits with 1 where a model does not
open, or gives other outputs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ANSWER = """
import sys
from pathlib import Path
import keras, numpy as np
from handvision.models import load_model
answers = {"keras": np.array(keras.__version__)}
for path in sorted(Path("models").glob("*.keras")):
    model = load_model(path)
    outputs = model(np.random.default_rng(0).random((2, *model.input_shape[1:]), "float32"))
    outputs = outputs if isinstance(outputs, dict) else {"mask": outputs}
    answers |= {f"{path.name} {name}": np.asarray(value) for name, value in outputs.items()}
np.savez(sys.argv[1], **answers)
"""


def answers(file: Path, keras: Path | None = None) -> dict[str, np.ndarray]:
    """Outputs of all released models with the Keras in a folder, or the installed one."""
    packages = [str(keras)] if keras else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*packages, str(Path.cwd())])}
    subprocess.run([sys.executable, "-c", ANSWER, str(file)], env=environment, check=True)
    with np.load(file) as stored:
        return dict(stored)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="+", metavar="VERSION")
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        expected = answers(folder / "installed.npz")
        for version in parser.parse_args().versions:
            target = folder / version
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
            subprocess.run([*pip, f"keras=={version}"], check=True)
            found = answers(folder / f"{version}.npz", target)
            assert found.pop("keras") == version
            names = [name for name in expected if name != "keras"]
            furthest = max(np.abs(expected[n].astype(float) - found[n].astype(float)).max() for n in names)
            print(
                f"Keras {version}: {len(names)} outputs, furthest from {expected['keras']} by {furthest:.1g}"
            )
            failed += furthest > 1e-5
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
