"""Reads a folder of photos into a table: python folder_to_csv.py photos/ hands.csv"""

import argparse
import csv

from handvision.inference.predict import stream

COLUMNS = ("photo", "fingers", "probability", "hand", "rotation_degrees", "x0", "y0", "x1", "y1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="photos and videos")
    parser.add_argument("table", help="the .csv file to write")
    options = parser.parse_args()
    with open(options.table, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        # `handvision.predict` gives all readings at once; `stream` one at a time, for folders of any size.
        for _, reading in stream(options.folder, max_hands=4, progress=True):
            if reading.error:
                print(f"not read: {reading.error}")
            for hand in reading.hands:  # surest first; none where no hand was found
                numbers = (hand.probability, hand.handedness, hand.rotation_degrees, *hand.box)
                table.writerow([reading.source, hand.label, *numbers])


if __name__ == "__main__":
    main()
