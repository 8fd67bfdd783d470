"""Everyday photos: our model beside the published one and MediaPipe Hands, same photos, one run.

Numbers right by set, hands found and false finds, directions, and of rendered hands key points, handedness
and rotation; then milliseconds from the whole picture to the answer. See `handvision.evaluation.everyday`.

    python benchmarks/everyday.py --limit 30 --kinds "no hand"

With `--record` the figures of all photos become the record of a study, `mediapipe_everyday`.

MediaPipe's points are counted by the usual rule ("mediapipe"), and by networks that learned from its points
of our training photos ("trained"). It runs in an environment of its own, see `peers/mediapipe_reader.py`.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from numpy.typing import NDArray
from peers.mediapipe_reader import (
    MIDDLE_KNUCKLE,
    PEER,
    WRIST,
    Count,
    MediaPipe,
    find_hands,
    raised_fingers,
)
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

import handvision
from handvision.core.examples import NO_HAND, Examples
from handvision.core.files import replacing
from handvision.core.workspace import workspace
from handvision.datasets.teacher.labelled import add_hands
from handvision.evaluation.everyday import Figure, evaluate_everyday, to_json
from handvision.evaluation.everyday_kinds import Read
from handvision.inference.backends import RELEASED, open_backend
from handvision.inference.backends.onnx import OnnxBackend
from handvision.protocol.everyday import SETS, boxed, counted
from handvision.protocol.partitions import digests, part
from handvision.studies.everyday import add_options, chosen_sets, figures_table, reader_of
from handvision.studies.everyday_figures import OURS, Sets, by_test, tests_of, together
from handvision.studies.record import Variant, record_of_this_run

# Training photos with numbers that MediaPipe has labelled.
NUMBERED = (
    "hagrid_numbers",
    "hand_gesture_yolov8",
    "hands_dataset",
    "finger_counting",
    "sign_language_digits",
)
TIMED = 20  # photos with one hand, and with two
READERS = ("ours", "published", "mediapipe", "trained")
# Their names in the record of the study.
VARIANTS = {
    "ours": OURS,
    "published": "published way",
    "mediapipe": "MediaPipe, rule",
    "trained": "MediaPipe, trained",
}
STUDY = "mediapipe_everyday"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--model", type=Path, default=RELEASED, help="ours: .onnx (released), .tflite, .keras"
    )
    parser.add_argument("--python", type=Path, help=f"that has {PEER}; by default one is made for it")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=READERS[:3])
    parser.add_argument("--rounds", type=int, default=5, help=f"of {TIMED} timed photos; 0 for none (5)")
    parser.add_argument("--record", action="store_true", help=f"also write the record of the study {STUDY}")
    add_options(parser)
    options = parser.parse_args()
    if options.record and (options.kinds or options.limit or not options.rounds):
        parser.error(
            "--record is of all photos, and of times: leave out --kinds and --limit, and time a round"
        )
    readers = readers_of(options.readers, options.model, options.python)
    sets = chosen_sets(options.which, options.kinds, options.limit)
    figures = {}
    for name, read in readers.items():
        figures[name] = evaluate_everyday(read, sets, lambda test, name=name: print(name, test, flush=True))
        if name in ("mediapipe", "trained"):  # it gives no probability of a number
            figures[name] = [figure for figure in figures[name] if figure.name != "calibration error"]
    print(f"\n{figures_table(figures, f'Everyday photos, {options.which}')}")
    times = []
    if options.rounds and options.model.suffix == ".onnx":
        times = milliseconds(options.model, options.python, options.which, options.rounds)
    path = options.json or workspace().runs / "comparisons" / f"everyday-{options.which}.json"
    write(path, options, figures, times)
    print(f"\nwritten: {path}")
    if options.record:
        print(f"written: {write_record(options, figures, sets, times)}")


def readers_of(names: Sequence[str], model: Path, python: Path | None) -> dict[str, Read]:
    """Name of a reader -> photos to readings."""
    peer = MediaPipe(python)
    made: dict[str, Callable[[], Read]] = {
        "ours": lambda: reader_of(model),
        "published": published,
        "mediapipe": lambda: peer.reader(raised_fingers),
        "trained": lambda: peer.reader(train_on_points()),
    }
    return {name: made[name]() for name in dict.fromkeys(names)}


def published() -> Read:
    """The first release: U-Net and finger numbers joined, which reads the mask of one hand."""
    from handvision import models

    joined = models.combine(models.open_model("unet"), models.open_model("finger_numbers"))
    return reader_of(joined)


def write(
    path: Path, options: argparse.Namespace, figures: Mapping[str, Sequence[Figure]], times: Sequence[dict]
) -> None:
    result = {
        "which": options.which,
        "limit": options.limit,
        "model": {"file": options.model.name, "fingerprint": open_backend(options.model).info.fingerprint},
        "peer": PEER,
        "figures": {name: json.loads(to_json(of_one)) for name, of_one in figures.items()},
        "milliseconds": times,
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


def write_record(
    options: argparse.Namespace, figures: Mapping[str, Sequence[Figure]], sets: Sets, times: Sequence[dict]
) -> Path:
    """What `handvision release mediapipe_everyday` takes."""
    record = record_of_this_run(
        STUDY,
        variants=[Variant(VARIANTS[name], by_test(of_one, sets)) for name, of_one in figures.items()],
        measurements={
            "part": options.which,
            "milliseconds": times,
            "together": {VARIANTS[name]: together(of_one) for name, of_one in figures.items()},
        },
        data=tests_of(sets),
        partitions=digests(SETS),
        recipe={"model": open_backend(options.model).info.fingerprint, "peer": PEER},
        profile="full",
        unknown={"duration_seconds": "nothing was trained for it"},
    )
    return record.write(workspace().runs / "comparisons" / f"{STUDY}.json")


# Networks on MediaPipe's points -------------------------------------------------------------------------


def train_on_points() -> Count:
    """Counts fingers by five networks, whose mean decides; they learn from the teacher's table."""
    inputs, labels = [], []
    for name in NUMBERED:
        examples = add_hands(name, part(name, "train"))
        shown = np.full(len(examples), NO_HAND) if examples.labels is None else examples.labels
        for hands, of_photo in zip(examples.require("hands"), shown.tolist(), strict=True):
            known = np.isfinite(hands.keypoints).all(axis=(1, 2))
            # The photo's number is that of its only hand.
            numbers = np.where(
                hands.labels == NO_HAND, of_photo if len(hands) == 1 else NO_HAND, hands.labels
            )
            rows = known & (numbers != NO_HAND)
            inputs.append(normalised(hands.keypoints[rows], hands.handedness[rows] == "right"))
            labels.append(numbers[rows])
    networks = [MLPClassifier((64, 64), max_iter=500, random_state=seed) for seed in range(5)]
    with threadpool_limits(1):  # products as small as these take many times longer on two threads
        for network in networks:
            network.fit(np.concatenate(inputs), np.concatenate(labels))

    def count(points: NDArray[np.float32], right: NDArray[np.bool_]) -> NDArray[np.int64]:
        given = normalised(points, right)
        probabilities = np.mean([network.predict_proba(given) for network in networks], axis=0)
        return np.asarray(networks[0].classes_[probabilities.argmax(axis=1)])

    return count


def normalised(points: NDArray, right: NDArray) -> NDArray[np.float64]:
    """(k, 42): each hand as a right one of size 1 that points up, its wrist at the origin.

    Args:
        points: (k, 21, 2 or more) x, y.
        right: (k,) booleans.
    """
    plane = points[..., 0].astype(np.float64) + 1j * points[..., 1]
    plane = plane - plane[:, [WRIST]]
    plane = np.where(np.asarray(right)[:, None], plane, -plane.conj())
    plane = plane / np.maximum(np.abs(plane).max(axis=1, keepdims=True), 1e-9)
    up = plane[:, [MIDDLE_KNUCKLE]]
    plane = plane * -1j * np.abs(up) / np.where(up == 0, 1, up)  # y grows downwards: up is -1j
    return np.concatenate([plane.real, plane.imag], axis=1)


# Speed --------------------------------------------------------------------------------------------------


def milliseconds(model: Path, python: Path | None, which: str, rounds: int) -> list[dict]:
    """Median milliseconds from a decoded photo to the answer, in turns: a noisy machine is noisy for both.

    Ours: all of `predict` but the reading of the file. MediaPipe: points, not yet counted; how many threads
    it starts is its own choice, but they share the cores that ours has.
    """
    photos = {
        1: timed_photos(counted(which)["hands_dataset_one_hand"], 1),
        2: timed_photos(boxed(which)["eduart_boxes"], 2),
    }
    cores = sorted(os.sched_getaffinity(0))
    rows = []
    for threads in (1, 2):
        os.sched_setaffinity(0, cores[:threads])  # threads and processes that start from here on inherit it
        cv2.setNumThreads(threads)
        backend = OnnxBackend(model, threads)
        for hands, shown in photos.items():
            ours_of(backend, shown[:3], hands)  # the first ones also pay for the start
            pairs = [
                (
                    ours_of(backend, shown, hands),
                    np.median(find_hands(shown, hands, python=python).milliseconds),
                )
                for _ in range(rounds)
            ]
            ours, peer = np.median(pairs, axis=0).tolist()
            ratio = float(np.median([a / b for a, b in pairs]))
            rows.append({"threads": threads, "hands": hands, "ours": ours, "mediapipe": peer, "ratio": ratio})
            pair = f"ours {ours:.1f} ms, MediaPipe {peer:.1f} ms, ratio {ratio:.2f}"
            print(f"threads {threads}, hands {hands}: {pair}", flush=True)
    os.sched_setaffinity(0, cores)
    return rows


def timed_photos(photos: Examples, hands: int) -> list[NDArray[np.uint8]]:
    """The first photos with so many boxes."""
    rows = [i for i, boxes in enumerate(photos.require("boxes")) if len(boxes) == hands]
    return [photos.require("photos")[i] for i in rows[:TIMED]]


def ours_of(backend: OnnxBackend, photos: Sequence[NDArray[np.uint8]], hands: int) -> float:
    times = []
    for photo in photos:
        start = time.perf_counter()
        handvision.predict(photo, backend, max_hands=hands)
        times.append((time.perf_counter() - start) * 1000)
    return float(np.median(times))


if __name__ == "__main__":
    main()
