"""A hand as a volume knob: upright is half, turned to the right is louder, to the left is softer.

python volume_by_rotation.py --run 'pactl set-sink-volume @DEFAULT_SINK@ {}%'

`{}` is the volume in per cent. That command is Linux's; on macOS: osascript -e 'set volume output volume {}'.
"""

import argparse
import shlex
import subprocess

import handvision


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video", nargs="?", help="a video; the first camera by default (stop it with Ctrl-C)")
    parser.add_argument("--run", metavar="COMMAND", help="runs when the volume changes")
    options = parser.parse_args()
    volume = None
    for _, reading in handvision.live(options.video or 0, max_hands=1):
        if not reading.has_hand:
            continue  # the volume stays
        # Counter-clockwise is positive: 90 degrees to the left is silence, 90 to the right is all.
        turned = round(50 - reading.rotation_degrees / 90 * 50)
        turned = min(100, max(0, turned))
        if volume is None or abs(turned - volume) >= 2:  # a hand is never quite still
            volume = turned
            print(f"volume {volume} %", flush=True)
            if options.run:
                subprocess.run(
                    [word.replace("{}", str(volume)) for word in shlex.split(options.run)], check=True
                )


if __name__ == "__main__":
    main()
