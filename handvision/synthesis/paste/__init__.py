"""How a composite is made: cutout, placement, arm, light; backdrop with distractors; framing and camera."""
