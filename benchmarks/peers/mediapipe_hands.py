"""Hand landmarks by MediaPipe, in its own virtual environment (it wants numpy < 2): started by a benchmark.

    python mediapipe_hands.py PHOTOS.npz LANDMARKS.npz [CONFIDENCE [MOST]]

PHOTOS.npz holds one array a photo, uint8 RGB (height, width, 3), of any sizes. Written are `landmarks`
(n, 21, 3) float32, x, y and depth in pixels, NaN where no hand was found; `right_hand` (n,) booleans; and
`milliseconds` (n,) of each photo, from array to landmarks. CONFIDENCE is how sure the palm
detector has to be, by default MediaPipe's own 0.5. With MOST, up to so many hands a photo are looked for, and
`all_landmarks` (n, MOST, 21, 3) has them all.
"""

import sys
import time

import mediapipe
import numpy as np


def main(photos_path: str, landmarks_path: str, confidence: str = "0.5", most: str = "1") -> None:
    with np.load(photos_path) as stored:
        photos = [stored[name] for name in stored.files]
    all_landmarks = np.full((len(photos), int(most), 21, 3), np.nan, np.float32)
    right_hand = np.zeros(len(photos), bool)
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
            if found.multi_hand_landmarks:
                # x and depth come as shares of the width, y of the height.
                height, width = photo.shape[:2]
                for row, hand in enumerate(found.multi_hand_landmarks):
                    points = [(point.x * width, point.y * height, point.z * width) for point in hand.landmark]
                    all_landmarks[i, row] = points
                right_hand[i] = found.multi_handedness[0].classification[0].label == "Right"
    np.savez(
        landmarks_path,
        landmarks=all_landmarks[:, 0],
        all_landmarks=all_landmarks,
        right_hand=right_hand,
        milliseconds=milliseconds,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
