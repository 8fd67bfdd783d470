"""What each notebook trains on and is judged by: the readers and renderers, put together.

A test set shares no frame block, no person, no session and no rendered identity with what is
trained on. The same people are held out of every task, so that the combined model is judged on
people whom neither of its parts has seen.
"""

from handvision.protocol.classifiers import (
    MASK_SIZE,
    close_up,
    finger_numbers,
    gestures,
)
from handvision.protocol.combined import photos_to_learn_numbers, photos_to_numbers, turned_photos
from handvision.protocol.numbered import cutouts_with_numbers, photos_with_numbers
from handvision.protocol.segmenters import Steps, segmentation
from handvision.protocol.task import WORKERS, Task, choose_data
from handvision.protocol.titles import title
from handvision.protocol.without_hands import photos_without_hands

__all__ = [
    "MASK_SIZE",
    "WORKERS",
    "Steps",
    "Task",
    "choose_data",
    "close_up",
    "cutouts_with_numbers",
    "finger_numbers",
    "gestures",
    "photos_to_learn_numbers",
    "photos_to_numbers",
    "photos_with_numbers",
    "photos_without_hands",
    "segmentation",
    "title",
    "turned_photos",
]
