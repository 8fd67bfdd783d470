"""What each product is trained and tested on: the readers and renderers, put together.

A test set shares no frame block, no person, no session and no rendered identity with what is trained on:
`partitions` says who is where.
"""

from typing import TYPE_CHECKING

from handvision.core.lazy import lazily

if TYPE_CHECKING:
    from handvision.protocol.classifiers import (
        MASK_SIZE,
        close_up,
        finger_numbers,
        gestures,
    )
    from handvision.protocol.combined import photo_test_sets, photo_training_set, rotated_photos
    from handvision.protocol.negatives import negative_photos
    from handvision.protocol.numbered import numbered_cutouts, numbered_photos
    from handvision.protocol.segmenters import segmentation
    from handvision.protocol.sequences import Steps
    from handvision.protocol.task import WORKERS, Task, choose_data
    from handvision.protocol.titles import title

__all__ = [
    "MASK_SIZE",
    "WORKERS",
    "Steps",
    "Task",
    "choose_data",
    "close_up",
    "finger_numbers",
    "gestures",
    "negative_photos",
    "numbered_cutouts",
    "numbered_photos",
    "photo_test_sets",
    "photo_training_set",
    "rotated_photos",
    "segmentation",
    "title",
]

# Public name -> the module that holds it.
_HOMES = {
    "MASK_SIZE": "classifiers",
    "Steps": "sequences",
    "Task": "task",
    "WORKERS": "task",
    "choose_data": "task",
    "close_up": "classifiers",
    "finger_numbers": "classifiers",
    "gestures": "classifiers",
    "negative_photos": "negatives",
    "numbered_cutouts": "numbered",
    "numbered_photos": "numbered",
    "photo_test_sets": "combined",
    "photo_training_set": "combined",
    "rotated_photos": "combined",
    "segmentation": "segmenters",
    "title": "titles",
}
__getattr__, __dir__ = lazily(__name__, _HOMES)
