"""`handvision train --processes`: steps a second of one and two processes, and the share of the exchange.

All train the same recipes on the same cores; a rate is the median of the epochs after the first, in which
JAX compiles. The exchange is measured alone: the sum, over processes, of as many numbers as the network
learns.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from handvision.core.files import replacing
from handvision.core.workspace import workspace

CORES = (0, 1)
EPOCHS = 5
REPEATS = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--exchange", type=int, metavar="NUMBERS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.exchange:
        print(seconds_of_exchange(options.exchange))
        return
    figures = {name: measure(recipe) for name, recipe in small_recipes().items()}
    path = workspace().runs / "comparisons" / "processes.json"
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def small_recipes() -> dict:
    from handvision.training import recipes

    numbers = recipes.get("finger_numbers", "full", data="rendered")
    unet = recipes.get("unet", "quick", data="rendered")
    phase = replace(unet.phases[0], steps=10, epochs=EPOCHS)
    return {
        "finger_numbers": replace(
            numbers, train=640, test=12, batch_size=64, epochs=EPOCHS, other_people=False
        ),
        "unet": replace(unet, train=96, test=8, batch_size=16, phases=(phase,)),
    }


def measure(recipe) -> dict[str, float]:
    """Steps a second of a recipe in several ways; printed."""
    figures = {}
    for cores, processes in (((0,), 1), (CORES, 1), (CORES, 2)):
        os.sched_setaffinity(0, cores)  # the processes inherit it
        rate, numbers = steps_a_second(recipe, processes)
        name = f"{processes} process{'es'[: 2 * processes - 2]}, {len(cores)} core{'s'[: len(cores) - 1]}"
        figures[name] = rate
        print(f"{recipe.product:<16}{name:<24}{rate:7.3f} steps a second", flush=True)
    seconds = exchange(numbers)
    share = seconds * figures["2 processes, 2 cores"]
    figures |= {"numbers": numbers, "seconds of an exchange": seconds, "share of the exchange": share}
    print(f"{recipe.product:<16}{numbers:,} numbers in {seconds * 1e3:.1f} ms, {share:.1%} of a step")
    return figures


def steps_a_second(recipe, processes: int) -> tuple[float, int]:
    """And how many numbers the network learns."""
    from handvision import models
    from handvision.training.checkpoints import read_checkpoint
    from handvision.training.launcher import train_in_processes

    with tempfile.TemporaryDirectory() as folder:
        train_in_processes(recipe, folder, processes)
        (path,) = Path(folder).rglob("checkpoint.npz")
        state, _ = read_checkpoint(path)
        model = models.open_model(str(Path(folder) / f"{recipe.product}.keras"))
    steps = int(state["fingerprint"]["training data"].split()[0])
    learned = sum(int(weight.shape.num_elements()) for weight in model.trainable_weights)
    return steps / statistics.median(state["seconds"][1:]), learned


def exchange(numbers: int) -> float:
    """Seconds in which two processes add up so many numbers."""
    from handvision.training.launcher import watch

    read, write = os.pipe()
    # The first process says it on stdout.
    before = os.dup(1)
    os.dup2(write, 1)
    try:
        watch([sys.executable, __file__, "--exchange", str(numbers)], 2)
    finally:
        os.dup2(before, 1)
        os.close(write)
        os.close(before)
    with os.fdopen(read) as said:
        return float(said.read().split()[-1])


def seconds_of_exchange(numbers: int) -> float:
    from handvision.training.distribution import join

    join()
    import jax
    import numpy as np
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    mesh = Mesh(np.array(jax.devices()), ("batch",))
    parts = NamedSharding(mesh, PartitionSpec("batch"))
    everywhere = NamedSharding(mesh, PartitionSpec())
    mine = np.ones((1, numbers), np.float32)
    array = jax.make_array_from_process_local_data(parts, mine)
    add = jax.jit(lambda parts: parts.sum(0), out_shardings=everywhere)
    add(array).block_until_ready()
    start = time.perf_counter()
    for _ in range(REPEATS):
        add(array).block_until_ready()
    return (time.perf_counter() - start) / REPEATS


if __name__ == "__main__":
    main()
