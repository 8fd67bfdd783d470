"""Photos in which nobody's hand is seen."""

from handvision.core.examples import Examples
from handvision.datasets import download
from handvision.protocol.partitions import part
from handvision.protocol.task import NEGATIVE_SETS, WORKERS, choose_data
from handvision.synthesis import rendered
from handvision.synthesis.negatives import beside_boxes

# The divided sets that negatives are taken from.
NEGATIVE_PARTITIONS = ("rooms", "hands_dataset")


def negative_photos(data: str, which: str, seed: int, count: int = 200) -> Examples:
    """Photos (a list of many sizes) with nobody's hand in view: rooms, faces, what lies about.

    Args:
        data: "auto", "rendered" or "real": rooms, and frames of HandsDataset beside the hands; no room and
            no recording session is in two parts.
        which: the part: "train", "validation" or "test".
        seed: of the rendered photos.
        count: number of rendered photos.
    """
    return draw_negative_photos(choose_data(data, NEGATIVE_SETS), which, seed, count)


def draw_negative_photos(data: str, which: str, seed: int, count: int = 200) -> Examples:
    """As `negative_photos`, of data that is chosen already: rendered ones where a real set is not at hand."""
    if data == "rendered" or not negatives_at_hand():
        return rendered.cached_render(count, seed=seed, split=which, empty=1.0, workers=WORKERS)
    return rooms_and_faces(part("rooms", which), part("hands_dataset", which))


def negatives_at_hand() -> bool:
    """Whether all real sets are at hand that negatives are taken from."""
    return all(download.find(name) is not None for name in NEGATIVE_SETS)


def rooms_and_faces(rooms: Examples, sessions: Examples) -> Examples:
    """Rooms, and what is seen beside the hands of webcam frames: faces, arms, offices."""
    faces = beside_boxes(sessions)
    return Examples(
        f"{rooms.name} and {faces.name}",
        photos=[*rooms.require("photos"), *faces.require("photos")],
        source=f"{rooms.source} + {faces.source}",
    )
