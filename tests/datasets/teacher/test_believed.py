"""What is believed of the teacher's answers, how they are stored, and how they join what readers know."""

import json
from dataclasses import replace

import numpy as np
import pytest

from handvision.core.examples import NO_HAND, Examples, Hands
from handvision.core.vocabularies import NUMBERS
from handvision.datasets.teacher import add_hands, report, table
from handvision.datasets.teacher.agreement import judge
from handvision.datasets.teacher.matching import Found, box_around
from tests.helpers.teacher import hand_points

SIZE = (100, 200)


def found(raised="TIMRL", centre=(50, 50), turns=4, spread=0.01, points=None):
    return Found(hand_points(raised, centre) if points is None else points, "left", 0.9, turns, turns, spread)


def boxed(hand, label=NO_HAND, margin=2):
    box = box_around(hand.points) + (-margin, -margin, margin, margin)
    return Hands(boxes=box[None], labels=np.array([label]))


@pytest.mark.parametrize(
    ("hand", "known", "label", "believed"),
    [
        (found(), Hands.unknown(), NO_HAND, True),  # nothing to agree with but itself
        (found(turns=1), Hands.unknown(), NO_HAND, False),  # one turn alone shows it
        (found(spread=0.2), Hands.unknown(), NO_HAND, False),  # turns that differ
        (found(centre=(195, 50)), Hands.unknown(), NO_HAND, False),  # half outside the photo
        (found(), boxed(found()), NO_HAND, True),
        (found(), boxed(found(centre=(75, 50))), NO_HAND, False),  # beside its box
        (found(), boxed(found(), margin=30), NO_HAND, False),  # in a box that is much larger
        (found(), Hands(), NO_HAND, False),  # every hand has its box, and there is none
        (found("IM"), Hands.unknown(), 2, True),
        (found("IM"), Hands.unknown(), 3, False),  # the picture's label is another number
        (found("IM"), boxed(found("IM"), 3), NO_HAND, False),  # the hand's label is
        (found("IM"), boxed(found("IM"), 2), 3, True),  # a hand's label counts before the picture's
    ],
)
def test_what_is_believed(hand, known, label, believed):
    (judged,) = judge([hand], known, label, SIZE, counts=True)
    assert judged.believed == believed


def test_labels_that_are_no_counts_are_not_compared():
    (judged,) = judge([found("IM")], Hands.unknown(), 3, SIZE, counts=False)
    assert judged.believed and judged.count is None


def test_each_hand_is_joined_to_the_box_that_it_fills_most():
    hands = [found(centre=(60, 50)), found(centre=(140, 50))]
    known = Hands(boxes=[box_around(hands[1].points), box_around(hands[0].points)])
    assert [judged.row for judged in judge(hands, known, NO_HAND, SIZE, counts=False)] == [1, 0]


@pytest.fixture
def labels(tmp_path, monkeypatch):
    """A table of one set: photo a shows two fingers, b none, c two hands."""

    def shares(*hands):
        return [replace(hand, points=hand.points / SIZE[::-1]) for hand in hands]

    hands = {
        "hands_dataset": {
            "a": shares(found("IM")),
            "b": [],
            "c": shares(found("IMRL", (50, 50)), found("I", (150, 50), turns=1)),
        }
    }
    path = tmp_path / "labels.csv.xz"
    table.write(hands, {"teacher": table.TEACHER}, path)
    monkeypatch.setattr(table, "TABLE", path)
    return path


def examples(ids, hands=None, labels=None, class_names=NUMBERS):
    return Examples(
        "webcam photos",
        photos=np.zeros((len(ids), *SIZE, 3), np.uint8),
        labels=None if labels is None else np.array(labels),
        hands=hands,
        ids=np.array(ids),
        class_names=class_names,
        source="a camera",
    )


def test_what_is_written_is_read(labels):
    read = table.read(labels)
    assert read.card["sets"] == {"hands_dataset": {"photos": 3, "hands": 3}}
    assert list(read.hands["hands_dataset"]) == ["a", "b", "c"]
    assert read.hands["hands_dataset"]["b"] == []
    hand = read.hands["hands_dataset"]["c"][1]
    assert (hand.side, hand.turns, hand.views, hand.spread) == ("left", 1, 1, 0.01)
    np.testing.assert_allclose(hand.points * SIZE[::-1], hand_points("I", (150, 50)), atol=0.01)


def test_the_same_answers_give_the_same_bytes(labels, tmp_path):
    again = tmp_path / "again.csv.xz"
    table.write(table.read(labels).hands, {"teacher": table.TEACHER}, again)
    assert again.read_bytes() == labels.read_bytes()


def test_a_table_of_another_version_or_with_other_bytes_is_refused(tmp_path):
    path = tmp_path / "labels.csv.xz"
    table.write({}, {"teacher": "MediaPipe Hands 0.10.9"}, path)
    with pytest.raises(
        ValueError, match=r"made by MediaPipe Hands 0\.10\.9; .* handvision data teach-labels"
    ):
        table.read(path)
    table.write({}, {"teacher": table.TEACHER}, path)
    card = json.loads(table.card_of(path).read_text())
    table.card_of(path).write_text(json.dumps(card | {"sha256": "0"}))
    with pytest.raises(ValueError, match=r"not the table that labels\.json describes"):
        table.read(path)


def test_believed_points_join_boxes_and_other_hands_are_added(labels):
    box = box_around(found("IMRL").points).astype(np.float32)
    known = [Hands.unknown(), Hands(), Hands(boxes=[box, [0, 0, 9, 9]], labels=np.array([4, 1]))]
    joined = add_hands("hands_dataset", examples(["a", "b", "c"], known, [2, NO_HAND, NO_HAND]))
    assert joined.source == "a camera; hands by teacher MediaPipe Hands 0.10.21"
    first, none, both = joined.hands
    # The photo's one hand is known now; another may be there that nobody knows.
    assert first.labels.tolist() == [2, NO_HAND] and first.handedness.tolist() == ["left", ""]
    np.testing.assert_allclose(first.keypoints[0, :, :2], hand_points("IM"), atol=0.02)
    np.testing.assert_allclose(first.boxes[0], box_around(hand_points("IM")), atol=0.02)
    assert first.keypoints[0, 0, 2] == 1 and np.isnan(first.keypoints[1]).all()
    assert abs(first.rotations[0]) < 15
    assert len(none) == 0
    assert both.boxes.tolist() == known[2].boxes.tolist() and both.labels.tolist() == [4, 1]
    assert np.isfinite(both.keypoints[0]).all() and np.isnan(both.keypoints[1]).all()


def test_a_rotation_that_is_known_stays(labels):
    hand = Hands(boxes=[box_around(found("IM").points)], rotations=np.float32([90]))
    assert add_hands("hands_dataset", examples(["a"], [hand])).hands[0].rotations.tolist() == [90]


def test_report_counts_what_is_believed_and_what_is_contradicted(labels):
    summed = report("hands_dataset", examples(["a", "b", "c"], None, [3, NO_HAND, NO_HAND]))
    assert summed == {
        "photos": 3,
        "boxes": 0,
        "found": 3,
        "in a box": 0,
        "believed": 1,
        "counted": 1,
        "disagree": 1,
    }


def test_a_test_picture_is_refused(labels):
    with pytest.raises(
        ValueError, match=r"webcam photos: the teacher has not seen 'd' .*part\(\.\.\., 'train'\)"
    ):
        add_hands("hands_dataset", examples(["a", "d"]))


def test_a_set_that_was_not_labelled_is_named(labels):
    with pytest.raises(ValueError, match="labelled no set 'hgr1'; it has hands_dataset"):
        add_hands("hgr1", examples(["a"]))
