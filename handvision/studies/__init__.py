"""What was measured of products and in studies: records, their tables and cards, ablations and releases."""

from handvision.studies.finish import finish
from handvision.studies.record import Record, Variant, read_record, record_of_this_run
from handvision.studies.released_tables import released_table
from handvision.studies.study_tables import study_table

__all__ = [
    "Record",
    "Variant",
    "finish",
    "read_record",
    "record_of_this_run",
    "released_table",
    "study_table",
]
