"""Hands from a skinned, textured mesh: the closest that rendered hands here come to photos."""

from handvision.synthesis.hand.mesh.draw import MeshHand, draw_mesh_hand

__all__ = ["MeshHand", "draw_mesh_hand"]
