"""From photo to number of raised fingers: the mask alone beside MediaPipe Hands, same photos, one run.

Photos are of people, sessions or (Finger Counting, one person) frames that neither side learned from,
upright and turned by any angle. MediaPipe gives landmarks, not numbers. They are counted by the usual rule,
and read by a small classifier trained on the landmarks of the training parts of the same three sets and of
Massey's cut-out hands, from which the released mask alone learned too. MediaPipe runs with its defaults
for single photos. A photo in which no hand is found counts as wrong. MediaPipe overlooks hands that fill the
frame, so its second look is reported as well: where it found none, the photo with a margin.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import numpy as np
import onnxruntime
from peers.mediapipe_reader import MIDDLE_KNUCKLE, PEER, WRIST, find_hands, peer_python, raised_fingers
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

import handvision
from handvision import models, protocol
from handvision.core.examples import Examples, resize
from handvision.core.geometry import letterbox
from handvision.core.workspace import workspace
from handvision.datasets.errors import DataUnavailable
from handvision.evaluation import commonest_class_share
from handvision.studies.record import Variant, record_of_this_run

SEED = 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "model",
        nargs="?",
        type=Path,
        help="a .keras that reads one hand by its mask; by default that of `handvision train mask_alone`",
    )
    parser.add_argument("--limit", type=int, help="at most so many photos a part, to try it out")
    parser.add_argument("--rounds", type=int, default=5, help="of 20 timed photos for each number of threads")
    arguments = parser.parse_args()
    try:
        path = arguments.model or workspace().runs / "mask_alone" / "mask_alone.keras"
        if not path.is_file():
            raise FileNotFoundError(f"{path}: there is no such model")
        sets = picture_sets(arguments.limit)
        negatives = some(protocol.negative_photos("real", "test", seed=SEED).photos, arguments.limit)
    except (FileNotFoundError, DataUnavailable) as error:
        sys.exit(f"{error}\nThis benchmark needs a model of the mask alone and the real data sets.")
    peer_python()
    model = keras.models.load_model(path)
    print(f"{path}: {model.count_params():,} weights, photos of {model.input_shape[1:3]}; {PEER}\n")

    rows = accuracies(model, sets, arguments.limit)
    shares = confidence_without_hands(model, negatives)
    times = milliseconds(model, sets["hands_dataset_one_hand"]["test"].photos, arguments.rounds)
    # A whole run is what `handvision.studies.release` takes; a trial is not.
    record = record_of_this_run(
        "mediapipe",
        variants=variants(rows, shares),
        measurements={"milliseconds": times},
        data={name: parts["test"] for name, parts in sets.items()},
        recipe={"model": path.name, "peer": PEER},
        seed=SEED,
        profile="smoke" if arguments.limit else "full",
    )
    print(f"\nwritten: {record.write(workspace().runs / 'comparisons' / 'mediapipe.json')}")


def variants(rows: list[dict], negatives: dict) -> tuple[Variant, ...]:
    """The figures of ours and of each way to use MediaPipe, by test set."""
    ways = {
        "ours": ("ours", "ours"),
        "MediaPipe, rule": ("mediapipe_rule", "mediapipe"),
        "MediaPipe, trained": ("mediapipe_trained", "mediapipe"),
        "second look, rule": ("second_look_rule", "second_look"),
        "second look, trained": ("second_look_trained", "second_look"),
    }
    result = []
    for name, (accuracy, look) in ways.items():
        figures = {
            row["test"]: {
                "n": row["n"],
                "baseline": row["baseline"],
                "accuracy": row[accuracy],
                "found": row[f"{look}_found"],
            }
            for row in rows
        }
        figures["without_hands"] = {"n": negatives["n"], "found": negatives[f"{look}_found"]}
        if name == "ours":
            figures["without_hands"]["read_with_confidence"] = negatives["ours_above_0.9"]
        result.append(Variant(name, figures))
    return tuple(result)


def picture_sets(limit: int | None) -> dict[str, dict[str, Examples]]:
    """Id of a test set -> "train" and "test", split as for the training of our models."""
    names = ("sign_language_digits_people", "finger_counting_last_fifth", "hands_dataset_one_hand")
    sets = {name: {} for name in names}
    for part in ("train", "test"):
        for name, photos in zip(names, protocol.numbered_photos(part), strict=True):
            sets[name][part] = photos.take(some(range(len(photos)), limit))
    return sets


def some(items: Sequence, limit: int | None) -> list:
    """At most `limit` of them, drawn at random, always the same."""
    return [items[i] for i in np.sort(np.random.default_rng(SEED).permutation(len(items))[:limit])]


# Accuracy ---------------------------------------------------------------------------------------------


def accuracies(model: keras.Model, sets: dict[str, dict[str, Examples]], limit: int | None) -> list[dict]:
    """One row for each set, upright and turned; prints them."""
    cutouts = resize(protocol.numbered_cutouts("train"), 256, 256)
    cutouts = cutouts.take(some(range(len(cutouts)), limit))
    classify = train_on_landmarks([*(parts["train"] for parts in sets.values()), cutouts])
    print(f"{'':53}  {'ours':^13}  {'MediaPipe':^21}  {'with a second look':^21}")
    print(f"{'set':34} {'rotation':12} {'n':>5}  {'right':>6} {'found':>6}" + "    rule trained  found" * 2)
    rows = []
    for name, parts in sets.items():
        labels = parts["test"].labels
        turned = protocol.rotated_photos(parts["test"], SEED)
        for rotation, photos in (("upright", parts["test"].photos), ("any_rotation", turned.photos)):
            readings = handvision.predict(photos, model)
            right = [reading.label == str(label) for reading, label in zip(readings, labels, strict=True)]
            row = {"ours": np.mean(right), "ours_found": np.mean([r.has_hand for r in readings])}
            first = landmarks_of(photos)
            for look, peer in (("mediapipe", first), ("second_look", second_look(photos, first))):
                found = peer["found"]
                row[f"{look}_rule"] = np.mean(found & (raised_fingers(peer["landmarks"]) == labels))
                row[f"{look}_trained"] = np.mean(found & (classify(peer) == labels))
                row[f"{look}_found"] = np.mean(found)
            figures = [f"{share:6.1%}" for share in row.values()]
            columns = (figures[:2], figures[2:5], figures[5:])
            print(
                f"{name:34} {rotation:12} {len(labels):5}  " + "  ".join(map(" ".join, columns)), flush=True
            )
            test = name if rotation == "upright" else f"{name}@{rotation}"
            rows.append({"test": test, "n": len(labels), "baseline": commonest_class_share(labels), **row})
    return rows


def confidence_without_hands(model: keras.Model, photos: list[np.ndarray]) -> dict:
    """How often photos of rooms and faces are answered all the same."""
    readings = handvision.predict(photos, model)
    peer = landmarks_of(photos)
    shares = {
        "n": len(photos),
        "ours_found": np.mean([reading.has_hand for reading in readings]),
        "ours_above_0.9": np.mean([reading.probability > 0.9 for reading in readings]),
        "mediapipe_found": np.mean(peer["found"]),
        "second_look_found": np.mean(second_look(photos, peer)["found"]),
    }
    print(
        f"\n{len(photos)} photos without a hand: ours finds one in {shares['ours_found']:.1%} and is surer of"
        f" its number than 0.9 in {shares['ours_above_0.9']:.1%}; MediaPipe finds one in"
        f" {shares['mediapipe_found']:.1%}, with a second look in {shares['second_look_found']:.1%}",
        flush=True,
    )
    return shares


# MediaPipe --------------------------------------------------------------------------------------------


def landmarks_of(photos: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """What MediaPipe finds of the surest hand of each photo, and (n,) `found`; it may use the same cores."""
    hands = find_hands(photos, most=1)
    landmarks = hands.points[:, 0]
    return {
        "landmarks": landmarks,
        "right_hand": hands.right[:, 0],
        "milliseconds": hands.milliseconds,
        "found": np.isfinite(landmarks).all(axis=(1, 2)),
    }


def second_look(photos: Sequence[np.ndarray], peer: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """`peer`, and where it found no hand, what MediaPipe finds with half the photo's size around it.

    Points are in pixels of the larger photo then: whoever reads them does not mind where the hand is.
    """
    missed = np.flatnonzero(~peer["found"])
    if not len(missed):
        return peer
    sides = [(photos[i].shape[0] // 2,) * 2 + (photos[i].shape[1] // 2,) * 2 for i in missed]
    wider = [
        cv2.copyMakeBorder(photos[i], *s, cv2.BORDER_REPLICATE) for i, s in zip(missed, sides, strict=True)
    ]
    again = landmarks_of(wider)
    both = {name: values.copy() for name, values in peer.items()}
    for name, values in again.items():
        both[name][missed] = values
    return both


def train_on_landmarks(parts: list[Examples]):
    """A function from what `landmarks_of` gives to (n,) numbers; five networks, their mean decides.

    They learn from photos as they are and turned: landmarks of turned hands have errors of their own.
    """
    inputs, labels = [], []
    for part in parts:
        photos = np.concatenate([part.photos, protocol.rotated_photos(part, SEED).photos])
        peer = second_look(photos, landmarks_of(photos))
        inputs.append(normalised(peer))
        labels.append(np.tile(part.labels, 2)[peer["found"]])
    inputs, labels = np.concatenate(inputs), np.concatenate(labels)
    networks = [MLPClassifier((64, 64), max_iter=500, random_state=seed) for seed in range(5)]
    with threadpool_limits(1):  # products as small as these take many times longer on two threads
        for network in networks:
            network.fit(inputs, labels)

    def classify(peer):
        answers = np.full(len(peer["found"]), -1)
        if peer["found"].any():
            probabilities = np.mean([network.predict_proba(normalised(peer)) for network in networks], axis=0)
            answers[peer["found"]] = networks[0].classes_[probabilities.argmax(axis=1)]
        return answers

    return classify


def normalised(peer: dict[str, np.ndarray]) -> np.ndarray:
    """(hands found, 63): each as a right hand of size 1, its wrist at the origin, that points up."""
    points = peer["landmarks"][peer["found"]]
    points -= points[:, [WRIST]]
    points[~peer["right_hand"][peer["found"]], :, 0] *= -1
    points /= np.linalg.norm(points, axis=2).max(axis=1)[:, None, None]
    plane = points[..., 0] + 1j * points[..., 1]
    up = plane[:, [MIDDLE_KNUCKLE]]
    plane = plane * -1j * np.abs(up) / up  # y grows downwards: up is -1j
    return np.concatenate([plane.real, plane.imag, points[..., 2]], axis=1)


# Speed ------------------------------------------------------------------------------------------------


def milliseconds(model: keras.Model, photos: np.ndarray, rounds: int) -> list[dict]:
    """Milliseconds from a decoded photo to the answer, in turns, so that a noisy machine is noisy for both.

    Ours: padding, resizing and all outputs, in ONNX Runtime. MediaPipe: landmarks, not yet counted; how
    many threads it starts is its own choice, but they share the cores that ours has.
    """
    photos = np.stack(some(photos, 20))
    labels = [reading.label for reading in handvision.predict(photos, model)]
    with tempfile.TemporaryDirectory() as folder:
        network = models.export_onnx(model, Path(folder) / "combined.onnx").read_bytes()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    results = []
    for threads in (1, 2):
        use_cores(cores[:threads])  # threads and processes that start from here on inherit it
        cv2.setNumThreads(threads)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        answers, _ = read(session, model, photos)  # the first ones also pay for the start
        pairs = [
            (read(session, model, photos)[1], landmarks_of(photos)["milliseconds"]) for _ in range(rounds)
        ]
        ours, peer = np.median(pairs, axis=2).T
        result = {
            "threads": threads,
            "photo": photos.shape[1:],
            "rounds": rounds,
            "ours": np.median(ours),
            "mediapipe": np.median(peer),
            "ratio": np.median(peer / ours),
            "same_answer_as_keras": np.mean([a == b for a, b in zip(answers, labels, strict=True)]),
        }
        results.append(result)
        print(
            f"{threads} thread{'s'[: threads - 1]}, photos of {photos.shape[2]}x{photos.shape[1]}: ours"
            f" {result['ours']:.1f} ms, MediaPipe {result['mediapipe']:.1f} ms, ratio {result['ratio']:.1f}"
            f" (ONNX Runtime answers as Keras in {result['same_answer_as_keras']:.0%})",
            flush=True,
        )
    use_cores(cores)
    return results


def read(session, model: keras.Model, photos: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Of each photo: the number ("" for no hand), and the milliseconds that it took."""
    names = models.class_names(model)
    outputs = [output.name for output in session.get_outputs()]
    answers, times = [], []
    for photo in photos:
        start = time.perf_counter()
        canvas = np.float32(letterbox(photo.shape[:2], model.input_shape[1:3]).fit(photo)) / 255
        answer = dict(zip(outputs, session.run(None, {"photo": canvas[None]}), strict=True))
        answers.append(names[answer["gesture"].argmax()] if answer["has_hand"].item() > 0.5 else "")
        times.append((time.perf_counter() - start) * 1000)
    return answers, np.array(times)


def use_cores(cores: list[int]) -> None:
    if cores:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    main()
