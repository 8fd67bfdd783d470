"""Teaches gestures of your own and finds them in photos: python own_gestures.py taught/ party.jpg desk.jpg

`taught/` has a folder for each gesture, with one to a few photos of it: taught/spock/1.jpg, ...
"""

import argparse
from pathlib import Path

import handvision


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("taught", type=Path, help="a folder with a folder of photos for each gesture")
    parser.add_argument("photos", nargs="+", help="photos in which to find them")
    parser.add_argument("--save", metavar="FILE", help="keep the gestures, for `handvision live --gestures`")
    options = parser.parse_args()
    gestures = handvision.OwnGestures()
    for folder in sorted(path for path in options.taught.iterdir() if path.is_dir()):
        for advice in gestures.teach(folder.name, folder):
            print(advice)
    for reading in handvision.predict(options.photos):
        for hand in reading.hands:
            name, probability = gestures.read(hand)
            print(reading.source, f"{name}, {probability:.0%} sure" if name else "none of them")
    if options.save:
        gestures.save(options.save)


if __name__ == "__main__":
    main()
