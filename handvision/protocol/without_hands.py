"""Photos in which nobody's hand is seen."""

from handvision.core.examples import Examples
from handvision.datasets import download, load
from handvision.protocol import splits
from handvision.protocol.task import NO_HAND_SETS, SPLIT_SEED, WORKERS, choose_data
from handvision.synthesis import rendered
from handvision.synthesis.negatives import beside_boxes


def photos_without_hands(data: str, part: str, seed: int, count: int = 200) -> Examples:
    """Photos (a list of many sizes) with nobody's hand in view: rooms, faces, what lies about.

    Args:
        data: "auto", "rendered" or "real": rooms, and frames of HandsDataset beside the hands; no room and
            no recording session is in two parts.
        part: "train", "validation" or "test".
        seed: of the rendered photos.
        count: number of rendered photos.
    """
    return draw_photos_without_hands(choose_data(data, NO_HAND_SETS), part, seed, count)


def draw_photos_without_hands(data: str, part: str, seed: int, count: int = 200) -> Examples:
    """As `photos_without_hands`, of data that is chosen already."""
    if data == "rendered" or any(download.find(name) is None for name in NO_HAND_SETS):
        return rendered.cached_render(count, seed=seed, split=part, empty=1.0, workers=WORKERS)
    rooms = splits.group_split(load.backgrounds(), seed=SPLIT_SEED)[part]
    sessions = splits.group_split(load.load("hands_dataset"), seed=SPLIT_SEED)[part]
    return rooms_and_faces(rooms, sessions)


def rooms_and_faces(rooms: Examples, sessions: Examples) -> Examples:
    """Rooms, and what is seen beside the hands of webcam frames: faces, arms, offices."""
    faces = beside_boxes(sessions)
    return Examples(
        f"{rooms.name} and {faces.name}",
        photos=[*rooms.photos, *faces.photos],
        source=f"{rooms.source} + {faces.source}",
    )
