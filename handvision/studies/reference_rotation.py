"""How exact the reference is that real masks' rotations are compared with."""

import numpy as np

from handvision.core.examples import Examples
from handvision.datasets.labelling import reference_rotation
from handvision.evaluation import rotation_error


def reference_error(hands: Examples) -> dict:
    """How far `reference_rotation`, the direction of a real mask, is off where the direction is known.

    Args:
        hands: rendered, with masks and rotations.

    Returns:
        What `evaluation.rotation_error` gives; masks without a forearm at the border count as unknown.
    """
    reference = reference_rotation(hands.require("masks"))
    known = ~np.isnan(reference)
    error = rotation_error(hands.require("rotations")[known], reference[known])
    return {**error, "n_unknown": int((~known).sum())}
