"""What happens to files on their way: cut, with wrong bytes, with pieces missing, doubled or of others."""

import struct

from hypothesis import strategies as st

# Numbers at the edges of what headers hold.
EDGES = [struct.pack(order + kind, value) for order in "<>" for kind in "HI" for value in (0, 1, 255, 32768)]
EDGES += [b"\xff\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0" * 8]


@st.composite
def damaged(draw, wholes: list[bytes]) -> bytes:
    """One of whole files, damaged one to four times; most often near its beginning, where its header is."""
    data = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 4))):
        last = max(0, len(data) - 1)
        at = draw(st.one_of(st.integers(0, min(64, last)), st.integers(0, last)))
        kind = draw(st.sampled_from(("edge", "bytes", "cut", "drop", "double", "other")))
        if kind == "edge":
            edge = draw(st.sampled_from(EDGES))
            data[at : at + len(edge)] = edge
        elif kind == "bytes":
            made = draw(st.binary(min_size=1, max_size=8))
            data[at : at + len(made)] = made
        elif kind == "cut":
            del data[at:]
        elif kind == "drop":
            del data[at : at + draw(st.integers(1, 64))]
        elif kind == "double":
            data[at:at] = data[at : at + draw(st.integers(1, 64))]
        else:
            data[at:] = draw(st.sampled_from(wholes))[at:]
    return bytes(data)
