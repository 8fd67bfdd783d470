"""Hands by MediaPipe, in its own virtual environment (it wants numpy < 2): `mediapipe_reader.py` starts it.

    python mediapipe_hands.py PHOTOS.npz HANDS.npz CONFIDENCE MOST

PHOTOS.npz holds one array a photo, uint8 RGB (height, width, 3), of any sizes. Written are `points`
(n, MOST, 21, 3) float32, x, y and depth in pixels, NaN where fewer hands were found, in MediaPipe's order;
`right` (n, MOST) booleans, the person's right hand where the photo is not mirrored (MediaPipe takes photos
for mirror images, so its answer is swapped); and `milliseconds` (n,) of each photo, from array to points.
CONFIDENCE is how sure the palm detector has to be; MediaPipe's own default is 0.5.
"""

import sys
import time

import mediapipe
import numpy as np


def main(photos_path: str, hands_path: str, confidence: str, most: str) -> None:
    with np.load(photos_path) as stored:
        photos = [stored[name] for name in stored.files]
    points = np.full((len(photos), int(most), 21, 3), np.nan, np.float32)
    right = np.zeros((len(photos), int(most)), bool)
    milliseconds = np.zeros(len(photos))
    settings = {
        "static_image_mode": True,
        "max_num_hands": int(most),
        "min_detection_confidence": float(confidence),
    }
    with mediapipe.solutions.hands.Hands(**settings) as hands:
        hands.process(photos[0])  # the first one also pays for the start
        for i, photo in enumerate(photos):
            start = time.perf_counter()
            found = hands.process(photo)
            milliseconds[i] = (time.perf_counter() - start) * 1000
            # x and depth come as shares of the width, y of the height.
            height, width = photo.shape[:2]
            for row, hand in enumerate(found.multi_hand_landmarks or []):
                points[i, row] = [(p.x * width, p.y * height, p.z * width) for p in hand.landmark]
                right[i, row] = found.multi_handedness[row].classification[0].label == "Left"
    np.savez(hands_path, points=points, right=right, milliseconds=milliseconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
