"""What was asked of the combined model on everyday photos, and whether it is reached."""

from typing import Any

from handvision.evaluation.everyday import TOGETHER
from handvision.evaluation.everyday_kinds import NUMBER_RIGHT
from handvision.plotting import Table, table
from handvision.protocol.titles import title
from handvision.studies.everyday_figures import estimate_of
from handvision.studies.record import Record

# (test set, figure) -> what was asked before anything was trained.
AT_LEAST = {
    ("hagrid_counts", NUMBER_RIGHT): 0.92,
    ("ten_people_counts", NUMBER_RIGHT): 0.97,
    ("rendered_persons", f"{NUMBER_RIGHT}, hands of 4 % to 10 % of the height"): 0.90,
    ("hands_dataset_one_hand", NUMBER_RIGHT): 0.95,
    ("finger_counting_last_fifth@any_rotation", NUMBER_RIGHT): 0.97,
    ("sign_language_digits_people@any_rotation", NUMBER_RIGHT): 0.99,
    ("hgr1_people_4_5", "mask IoU"): 0.94,
    ("rendered_persons", "mask IoU"): 0.70,
    ("hands_dataset_boxes", "recall"): 0.97,
    ("hands_dataset_boxes", "precision"): 0.98,
    ("rock_paper_scissors_boxes", "recall"): 0.80,
    ("rock_paper_scissors_boxes", "precision"): 0.92,
    ("eduart_boxes", "recall"): 0.85,
    ("eduart_boxes", "precision"): 0.95,
    ("rendered_persons", "handedness right"): 0.97,
    ("rendered_mesh_hands", "handedness right"): 0.97,
    ("rendered_persons", "sides swapped"): 0.99,
    ("rendered_mesh_hands", "sides swapped"): 0.99,
    ("rendered_persons", "points right (PCK at 0.2)"): 0.97,
    ("rendered_mesh_hands", "points right (PCK at 0.2)"): 0.97,
    ("eduart_directions", "direction within 45 degrees"): 0.98,
}
AT_MOST = {
    (TOGETHER, "a hand is found where none is"): 0.02,
    ("clothing_co_parsing_pixels", "mask where no hand is"): 0.02,
    ("rendered_mesh_hands", "rotation error"): 3.0,
    (TOGETHER, "calibration error"): 0.03,
}


def targets_table(record: Record) -> Table:
    """Each target beside what is reached."""
    rows = [_row(record, *where, asked, least=True) for where, asked in AT_LEAST.items()]
    rows += [_row(record, *where, asked, least=False) for where, asked in AT_MOST.items()]
    return table(rows, ("photos", "figure", "asked", "reached", ""), "What was asked")


def _row(record: Record, test: str, name: str, asked: float, *, least: bool) -> tuple[Any, ...]:
    where = TOGETHER if test == TOGETHER else title(test)
    estimate = estimate_of(record, test, name)
    limit = f"{asked:.0f} degrees" if asked > 1 else f"{asked:.0%}".replace("%", " %")
    reached = estimate.value >= asked if least else estimate.value <= asked
    words = "at least" if least else "at most"
    return where, name, f"{words} {limit}", str(estimate), "reached" if reached else "missed"
