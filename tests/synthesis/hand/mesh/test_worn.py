"""Sleeves, watches and rings sit around the bone that they ride on."""

import numpy as np
import pytest

from handvision.synthesis.hand.mesh import anatomy, model, worn

HAND = model.load()


def sleeve(start: float) -> worn.Worn:
    return worn.sleeve(HAND, HAND.vertices, HAND.joints, start, 1.3, np.random.default_rng(0))


@pytest.mark.parametrize("start", [0.1, 0.5, 0.9])
def test_a_sleeve_begins_where_it_should_and_goes_on_past_the_elbow(start):
    elbow = HAND.joints[anatomy.ELBOW]
    along = sleeve(start).vertices @ elbow / (elbow @ elbow)
    assert along.min() == pytest.approx(start, abs=0.05) and along.max() > 2


def test_a_sleeve_is_wider_than_the_arm():
    elbow = HAND.joints[anatomy.ELBOW] / np.linalg.norm(HAND.joints[anatomy.ELBOW])

    def width(points: np.ndarray) -> float:
        return float(np.linalg.norm(points - np.outer(points @ elbow, elbow), axis=1).max())

    arm = HAND.vertices[(HAND.along_arm > 0.4) & (HAND.along_arm < 0.6)]
    cloth = sleeve(0.3).vertices
    along = cloth @ elbow / np.linalg.norm(HAND.joints[anatomy.ELBOW])
    assert width(cloth[(along > 0.4) & (along < 0.8)]) > 1.1 * width(arm)


def test_a_watch_has_its_dial_on_the_back_of_the_wrist():
    strap, dial = worn.watch(HAND, HAND.vertices, HAND.joints, 0.15, 0.08, True)
    assert (strap.materials == worn.Material.STRAP).all() and (dial.materials == worn.Material.DIAL).all()
    assert dial.vertices[:, 2].mean() < strap.vertices[:, 2].min() + 0.05  # z points out of the palm
    assert len(worn.watch(HAND, HAND.vertices, HAND.joints, 0.15, 0.08, False)) == 1


@pytest.mark.parametrize("finger", [2, 3, 4, 5])
def test_a_ring_encloses_its_finger(finger):
    ring = worn.ring(HAND, HAND.vertices, HAND.joints, finger, 0.03)
    assert ring.bone == anatomy.finger_bone(finger, 1)
    base = anatomy.first_joint(finger)
    along = HAND.joints[base + 1] - HAND.joints[base]
    centre, along = ring.vertices.mean(axis=0), along / np.linalg.norm(along)
    flesh = HAND.vertices[HAND.weights[:, ring.bone] > 0.5] - centre
    flesh = flesh[np.abs(flesh @ along) < 0.02]
    assert len(flesh) > 8
    inside = np.linalg.norm(flesh, axis=1).max(), np.linalg.norm(ring.vertices - centre, axis=1).max()
    assert 0.02 < inside[0] < 1.05 * inside[1] < 0.1


def test_tubes_show_their_outside():
    """Triangles run counter-clockwise seen from where their normals point."""
    for thing in (sleeve(0.3), worn.ring(HAND, HAND.vertices, HAND.joints, 3, 0.03)):
        a, b, c = (thing.vertices[thing.triangles[:, i]] for i in range(3))
        facing = np.cross(b - a, c - a)
        assert ((facing * thing.normals[thing.triangles[:, 0]]).sum(axis=1) > 0).mean() > 0.95
