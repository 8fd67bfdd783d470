"""Cuts hands out of photos, as transparent PNGs for a compositor: python transparent_hands.py photos/ cut/"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from handvision.inference.predict import stream


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="photos")
    parser.add_argument("out", type=Path, help="where the PNGs go: NAME.png, of the photo's size")
    parser.add_argument("--feather", type=float, default=1.5, help="softness of the outline in pixels (1.5)")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for photo, reading in stream(options.folder, max_hands=4):
        if photo is None or not reading.has_hand:
            print(f"no hand: {reading.source}")
            continue
        alpha = reading.mask[..., 0]  # all hands together; `hand.mask` is that of one
        if options.feather > 0:
            alpha = cv2.GaussianBlur(alpha, (0, 0), options.feather)
        # The colour is not multiplied by the alpha: "straight" alpha, as PNG wants it.
        Image.fromarray(np.dstack([photo, alpha])).save(options.out / f"{Path(reading.source).stem}.png")


if __name__ == "__main__":
    main()
