"""Training by several processes: steps a second of one and two, and the share of the exchange.

Networks, losses and loop are those of the trainings; pictures are random, so that drawing does not count. All
train on the same cores. A rate is the median of the epochs after the first, in which JAX compiles. The
exchange is measured alone: the sum, over processes, of as many numbers as the network learns.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PICTURES, STEPS, EPOCHS = 32, 5, 5
EXCHANGES = 50
NETWORKS = ("classifier", "unet")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS, help="(both)")
    parser.add_argument("--processes", nargs="+", type=int, default=(1, 2), help="(1 2)")
    parser.add_argument("--cores", nargs="+", type=int, help="that they run on (all)")
    parser.add_argument("--worker", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.networks[0], Path(options.worker))
        return
    if options.cores:
        os.sched_setaffinity(0, options.cores)  # the processes inherit it
    for network in options.networks:
        for count in options.processes:
            figures = measured(network, count)
            print(json.dumps({"network": network, "processes": count, **figures}), flush=True)


def measured(network: str, count: int) -> dict[str, Any]:
    """What the first of the processes has measured."""
    from handvision.training.launcher import watch

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        watch([sys.executable, __file__, "--networks", network, "--worker", str(file)], count)
        return json.loads(file.read_text())


def work(network: str, file: Path) -> None:
    from handvision.training.distribution import join

    rank = join()
    import keras
    import numpy as np

    from handvision.training import fit, set_seed

    class Random(keras.utils.PyDataset):
        """Batches of random pictures, always the same."""

        def __init__(self, draw: Callable[[np.random.Generator], tuple]):
            super().__init__()
            self.batches = [draw(np.random.default_rng(index)) for index in range(STEPS)]
            self.epoch = 0

        def __len__(self) -> int:
            return len(self.batches)

        def __getitem__(self, index: int) -> tuple:
            return self.batches[index]

    set_seed(1)
    model, draw = _classifier() if network == "classifier" else _unet()
    with tempfile.TemporaryDirectory() as folder:
        # Of the same name in all processes: by it they wait for each other.
        own = Path(folder) / "training"
        history = fit(model, Random(draw), epochs=EPOCHS, folder=own, seed=1, verbose=False)
    numbers = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    figures = {
        "steps a second": STEPS / statistics.median(history.seconds[1:]),
        "losses": history["loss"],
        "numbers": numbers,
        "seconds of an exchange": seconds_of_exchange(numbers),
    }
    figures["share of the exchange"] = figures["seconds of an exchange"] * figures["steps a second"]
    if rank.writes:
        file.write_text(json.dumps(figures))


def _classifier() -> tuple[Any, Callable]:
    """The released reader of masks, 96x96."""
    import numpy as np

    from handvision import models
    from handvision.core.vocabularies import NUMBERS
    from handvision.training import compile_classifier

    model = models.classify_masks(
        models.build_classifier((96, 96, 1), len(NUMBERS), class_names=NUMBERS), (128, 128, 1)
    )
    compile_classifier(model, 1e-4)

    def draw(rng: np.random.Generator) -> tuple:
        masks = rng.random((PICTURES, 128, 128, 1), np.float32)
        angles = rng.random(PICTURES) * 2 * np.pi
        targets = {
            "gesture": np.eye(len(NUMBERS), dtype=np.float32)[rng.integers(len(NUMBERS), size=PICTURES)],
            "rotation": np.stack([np.sin(angles), np.cos(angles)], -1).astype(np.float32),
        }
        return masks, targets, {name: np.ones(PICTURES, np.float32) for name in targets}

    return model, draw


def _unet() -> tuple[Any, Callable]:
    """The U-Net of the quick recipe, 96x96."""
    import numpy as np

    from handvision import models
    from handvision.training import compile_segmenter

    model = models.build_unet((96, 96, 3))
    compile_segmenter(model, 1e-4)

    def draw(rng: np.random.Generator) -> tuple:
        photos = rng.random((PICTURES, 96, 96, 3), np.float32)
        return photos, np.round(rng.random((PICTURES, 96, 96, 1), np.float32))

    return model, draw


def seconds_of_exchange(numbers: int) -> float:
    import jax
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    mesh = Mesh(np.array(jax.devices()), ("batch",))
    mine = np.ones((1, numbers), np.float32)
    array = jax.make_array_from_process_local_data(NamedSharding(mesh, PartitionSpec("batch")), mine)
    add = jax.jit(lambda parts: parts.sum(0), out_shardings=NamedSharding(mesh, PartitionSpec()))
    add(array).block_until_ready()
    start = time.perf_counter()
    for _ in range(EXCHANGES):
        add(array).block_until_ready()
    return (time.perf_counter() - start) / EXCHANGES


if __name__ == "__main__":
    main()
