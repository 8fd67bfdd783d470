"""What a file of results holds: the columns of a row, in Parquet.

A hand has a null where the model cannot say. All places are in pixels of the photo, from its corner.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from handvision.inference.bulk.rows import Row

_KEY = b"handvision"

_BOX = pa.struct([(edge, pa.float32()) for edge in ("x0", "y0", "x1", "y1")])
_POINT = pa.struct([(name, pa.float32()) for name in ("x", "y", "score")])
_MASK = pa.struct([("size", pa.list_(pa.int32())), ("counts", pa.list_(pa.int32()))])
HAND = pa.struct(
    [
        ("label", pa.string()),  # "0" to "5", or a gesture's name
        ("probability", pa.float32()),  # of the label, in [0, 1]
        ("presence", pa.float32()),  # how sure it is a hand at all, in [0, 1]
        ("rotation_degrees", pa.float32()),  # wrist to middle knuckle, counter-clockwise from image-up
        ("box", _BOX),  # tight around the hand, without its forearm
        ("handedness", pa.string()),  # "left" or "right": the person's hand, the photo not mirrored
        ("handedness_probability", pa.float32()),
        ("keypoints", pa.list_(_POINT)),  # 21, in MediaPipe's order
        ("mask", _MASK),  # COCO's uncompressed run lengths; null unless asked for
    ]
)
SCHEMA = pa.schema(
    [
        pa.field("picture", pa.string(), nullable=False),  # the path, absolute, or the URL
        pa.field("frame", pa.int32()),  # of an animation, or a page; null for a photo alone
        pa.field("height", pa.int32()),  # upright; null where it could not be read
        pa.field("width", pa.int32()),
        pa.field("error", pa.string()),  # why it could not be read; null where it could
        pa.field("hands", pa.list_(HAND), nullable=False),  # surest first; empty without one
    ]
)


def to_parquet(rows: Sequence[Row], facts: Mapping[str, Any]) -> bytes:
    """The bytes of a Parquet file: the same for the same rows. `facts` go into its footer."""
    schema = SCHEMA.with_metadata({_KEY: json.dumps(facts, sort_keys=True).encode()})
    table = pa.Table.from_pylist(list(rows), schema=schema)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def facts_of(path: Any) -> dict[str, Any] | None:
    """What `to_parquet` wrote into a file's footer; None where another program wrote the file.

    Raises:
        OSError, ValueError: it is no Parquet file, or cut off.
    """
    metadata = pq.read_schema(path).metadata or {}
    return json.loads(metadata[_KEY]) if _KEY in metadata else None
