"""Labels by a teacher, MediaPipe Hands, for photos that have none: 21 points and handedness of every hand.

`mediapipe_hands` runs in the teacher's own environment, and `ask` talks to it; `views` says what it is shown
of a photo, and `matching` joins what it finds. The answers are a small table that travels with the package
(`table`). `agreement` decides what is believed, and `labelled` joins it to the labels of the readers.
"""

from handvision.datasets.teacher.labelled import add_hands, report

__all__ = ["add_hands", "report"]
