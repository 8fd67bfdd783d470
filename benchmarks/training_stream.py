"""How fast pictures to train on are made on two cores, in how much memory, and whether twice the same.

Rows: hands drawn by two processes (capsules, mesh, any pose), and composites of them made by two threads,
as a training takes them: plain, and with all that `Variety` offers. Everything runs twice, each time in a
process of its own; the bytes of both runs must be equal. The faster run counts. Memory is the peak of the
process and its workers together. No archive is needed: hands and backgrounds are drawn.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np

from handvision.core.examples import Examples
from handvision.core.hashing import hash_arrays, hash_examples
from handvision.synthesis.compositing import CompositeSequence, Source
from handvision.synthesis.paste.variety import Variety
from handvision.synthesis.rendered import render

CORES = 2
FRAME = (192, 256)
BATCH = 16
LIMIT_GIB = 6.0
VARIETY = Variety(patterns=0.15, skin_walls=0.1, over_skin=0.2, back_light=0.1, third=0.3)


def drawn(count: int, **options: Any) -> Callable[[], str]:
    return lambda: hash_examples(render(count, size=FRAME[0], seed=1, workers=CORES, **options))


def composed(sequence: CompositeSequence) -> Callable[[], str]:
    def run() -> str:
        # As a training does: threads that each make a batch, which then is used and forgotten.
        with ThreadPoolExecutor(CORES) as pool:
            digests: Iterable[str] = pool.map(lambda index: _digest(sequence, index), range(len(sequence)))
            return hash_arrays(list(digests))

    return run


def _digest(sequence: CompositeSequence, index: int) -> str:
    batch = sequence.batch(0, index)
    boxes = [hands.boxes for hands in batch.hands]
    return hash_arrays([batch.photos, batch.masks, *boxes])


def streams(count: int) -> dict[str, Callable[[], str]]:
    hands = render(96, size=FRAME[0], seed=2, mesh=0.8, workers=CORES)
    backgrounds = render(48, size=256, seed=3, empty=1.0, workers=CORES)
    return {
        "capsules": drawn(count),
        "mesh": drawn(count, mesh=1.0),
        "poses": drawn(count, task="poses"),
        "composites": composed(_sequence(hands, backgrounds, count, Variety())),
        "varied composites": composed(_sequence(hands, backgrounds, count, VARIETY)),
    }


def _sequence(hands: Examples, backgrounds: Examples, count: int, variety: Variety) -> CompositeSequence:
    sources = [Source(hands, 0.7, "cutout"), Source(hands, 0.3, "photo")]
    steps = -(-count // BATCH)
    return CompositeSequence(
        sources, backgrounds, FRAME, BATCH, steps, 1, several=0.3, extent=(1 / 12, 1.2), variety=variety
    )


def measure(count: int) -> dict[str, object]:
    """One run: pictures a second and the digest of each stream, and the peak of memory in GiB."""
    cv2.setNumThreads(1)
    rates, digests = {}, {}
    for name, run in streams(count).items():
        made = -(-count // BATCH) * BATCH if "composites" in name else count
        start = time.perf_counter()
        digests[name] = run()
        rates[name] = made / (time.perf_counter() - start)
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kibibytes += CORES * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"rates": rates, "digests": digests, "memory_gib": kibibytes / 2**20}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=320, help="pictures of each stream (default 320)")
    parser.add_argument("--one-run", action="store_true", help="print one run as JSON")
    arguments = parser.parse_args()
    if arguments.one_run:
        print(json.dumps(measure(arguments.count)))
        return
    command = [sys.executable, __file__, "--one-run", "--count", str(arguments.count)]
    runs = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout) for _ in range(2)]
    print(f"pictures a second on {CORES} cores, {FRAME[0]} x {FRAME[1]} (drawn ones {FRAME[0]} square):")
    for name in runs[0]["rates"]:
        same = runs[0]["digests"][name] == runs[1]["digests"][name]
        rates = [run["rates"][name] for run in runs]
        print(f"{name:>18}: {max(rates):6.1f}   {'same bytes twice' if same else 'BYTES DIFFER'}")
    memory = np.max([run["memory_gib"] for run in runs])
    print(f"peak memory: {memory:.2f} GiB (limit {LIMIT_GIB:g})")
    if any(runs[0]["digests"][name] != runs[1]["digests"][name] for name in runs[0]["digests"]):
        sys.exit("two runs gave different bytes")
    if memory > LIMIT_GIB:
        sys.exit(f"memory is above {LIMIT_GIB:g} GiB")


if __name__ == "__main__":
    main()
