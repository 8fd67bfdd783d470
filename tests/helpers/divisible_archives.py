"""Small archives that are long enough to be divided: more frames, people, sessions and places."""

from functools import cache

from tests.helpers.archives import finger_counting, small_archive

FRAMES = 160  # of a class, so that blocks with gaps of 50 frames leave some to train on
PEOPLE = 6


@cache
def divisible_archive(name: str) -> dict[str, bytes]:
    """Paths and contents of a copy of a data set that has several frames or people for each part."""
    small = small_archive(name)
    if name == "finger_digits":
        one = next(iter(small.values()))
        return {f"{frame}_{label}.png": one for label in range(6) for frame in range(FRAMES)}
    if name == "hand_gestures":
        one = next(iter(small.values()))
        return {
            f"{part}/{part}/{label}/{frame}.jpg": one
            for part, frames in (("train", 150), ("test", 50))
            for label in range(20)
            for frame in range(1, frames + 1)
        }
    if name == "sign_language_digits":
        one = next(iter(small.values()))
        return {
            f"Dataset/{digit}/IMG_{1100 + 10 * person + digit}.JPG": one
            for person in range(PEOPLE)
            for digit in range(10)
        }
    if name == "hands_dataset":
        image = next(data for path, data in small.items() if path.endswith(".jpg"))
        lines = ["filename,width,height,class,xmin,ymin,xmax,ymax"]
        files = {}
        for session in range(PEOPLE):
            files[f"images/train/{session}_pic0.jpg"] = image
            lines.append(f"{session}_pic0.jpg,800,600,{session}-hand,100,200,300,600")
        files["data/train_labels.csv"] = "\n".join(lines).encode()
        files["data/test_labels.csv"] = lines[0].encode()
        return files
    if name == "finger_counting":
        return finger_counting(photos=10)
    if name in ("hgr1", "massey"):
        return {
            path.replace(f"{kind}{old}", f"{kind}{person}"): data
            for person in range(1, PEOPLE)
            for kind, old in (("id0", "1"), ("hand", "1"))
            for path, data in small.items()
            if f"{kind}{old}_" in path
        }
    return small
