"""Counts the fingers that a camera, or a video, shows: python count_fingers_live.py [clip.mp4]"""

import argparse
from collections import Counter, deque

import handvision


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", nargs="?", help="a video; the first camera by default (stop it with Ctrl-C)")
    options = parser.parse_args()
    said = None
    last = deque(maxlen=7)  # one frame may be misread: what most of the last seven say counts
    for _, reading in handvision.live(options.video or 0):
        last.append(sum(int(hand.label) for hand in reading.hands) if reading.hands else None)
        fingers, _ = Counter(last).most_common(1)[0]
        if fingers != said:
            said = fingers
            print("no hand" if fingers is None else f"{fingers} fingers", flush=True)


if __name__ == "__main__":
    main()
