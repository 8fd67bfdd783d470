"""A rendered set for everyone: photos, masks and key points in a folder, with a card that says what it is."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handvision.core.checks import checked_share
from handvision.core.files import new_folder
from handvision.synthesis import persons as rendered_persons
from handvision.synthesis import rendered
from handvision.synthesis.coco import ANNOTATIONS, Json, write_coco
from handvision.synthesis.person.draw import check_person, draw_person
from handvision.synthesis.picture import Picture
from handvision.synthesis.rendered import TASKS, Order, checked_order, draw_picture
from handvision.synthesis.strata import SPLITS

CARD = "README.md"
LICENSE = {"id": 1, "name": "MIT", "url": "https://opensource.org/license/mit"}


def write_rendered_set(
    folder: str | os.PathLike,
    count: int,
    *,
    size: int = 256,
    seed: int = 0,
    split: str = "train",
    task: str = "numbers",
    mesh: float | None = None,
    several: float = 0.15,
    empty: float = 0.05,
    persons: float = 0.0,
    photo_format: str = "jpeg",
    workers: int = 1,
) -> Path:
    """Draws a set of rendered hands into a new folder. No archive is opened, nothing is downloaded.

    The folder holds `photos/`, `masks/`, `annotations.json` (COCO key points: box, 21 points, mask,
    handedness, label and rotation of every hand) and a card. The same arguments give the same files. It is
    written beside its place and moved there when it is whole.

    Args:
        folder: a new folder, or an empty one.
        count, size, seed, split, task, several, empty: as `rendered.render` takes them.
        mesh: share of pictures whose hands are a mesh, the others are capsules; default 0.8, and 1 for poses.
        persons: share of pictures that show a whole person in a room, 0 to 1; not with poses.
        photo_format: "jpeg" or "png".
        workers: processes that share the work.

    Returns:
        The folder.

    Raises:
        FileExistsError: the folder is not empty, or is a file.
        ValueError: a parameter is out of its range; the message names it.
    """
    if mesh is None:
        mesh = 1.0 if task == "poses" else 0.8
    order = checked_order(
        count=count,
        size=size,
        seed=seed,
        task=task,
        split=split,
        empty=empty,
        workers=workers,
        mesh=mesh,
        several=several,
    )
    draw = _Draw(order, checked_share(persons, "persons"))
    if persons and task == "poses":
        raise ValueError(f"persons is {persons!r}, but persons show no poses; use task numbers or gestures")
    if persons:
        check_person((size, size), split, task, ())
    version = _code_version(draw)
    info = {
        "description": f"hands rendered by handvision: {task}, {split}",
        "version": f"drawing code {version}",
        "contributor": "handvision",
    }
    with new_folder(folder) as unfinished:
        content = write_coco(
            unfinished,
            draw,
            count,
            TASKS[task],
            info,
            LICENSE,
            photo_format=photo_format,
            workers=workers,
        )
        (unfinished / CARD).write_text(_card(draw, content, version, photo_format), encoding="utf-8")
    return Path(folder)


@dataclass(frozen=True)
class _Draw:
    """Picture by number: hands of an order, or, in a share of the pictures, a whole person."""

    order: Order
    persons: float

    def __call__(self, index: int) -> Picture:
        order = self.order
        key = SPLITS.index(order.split), list(TASKS).index(order.task), index, 4
        rng = np.random.default_rng(np.random.SeedSequence(order.seed, spawn_key=key))
        if rng.random() >= self.persons:
            return draw_picture(order, index)
        empty = bool(rng.random() < order.empty)
        return draw_person((order.size, order.size), rng, order.split, order.task, empty)


def _code_version(draw: _Draw) -> str:
    code = rendered.code_version()
    if draw.persons:
        code = hashlib.sha256((code + rendered_persons.code_version()).encode()).hexdigest()
    return code[:12]


def _card(draw: _Draw, content: Json, version: str, photo_format: str) -> str:
    order = draw.order
    annotations = content["annotations"]
    hidden = sum(annotation["keypoints"][2::3].count(1) for annotation in annotations)
    share = hidden / max(1, 21 * len(annotations))
    shown = {
        "numbers": "show the numbers 0 to 5",
        "gestures": f"show {len(TASKS['gestures'])} gestures",
        "poses": "take any pose that joints allow, seen from anywhere, without a label",
    }[order.task]
    return _CARD.format(
        count=order.count,
        hands=len(annotations),
        shown=shown,
        size=order.size,
        split=order.split,
        hidden=f"{share:.0%}",
        mesh=f"{order.mesh:.0%}",
        persons=f"{draw.persons:.0%}",
        version=version,
        annotations=ANNOTATIONS,
        command=f"handvision data rendered --count {order.count} --size {order.size} --seed {order.seed} "
        f"--split {order.split} --task {order.task} --mesh {order.mesh:g} --several {order.several:g} "
        f"--empty {order.empty:g} --persons {draw.persons:g} --format {photo_format} --out FOLDER",
    )


_CARD = """# Rendered hands

{count} photos of {size} x {size} pixels with {hands} hands that {shown}.
All of it is drawn: no photo was used, no real person is shown. Skin from very light to very dark, left and
right hands, sleeves, rings, watches and tattoos, soft, hard and back light.
{persons} of the pictures show a whole person in a room; of the others {mesh} show hands of a mesh, the rest
plainer hands of capsules.

## What is in it
| path | what |
|---|---|
| `photos/` | RGB photos |
| `masks/` | a mask of each photo, PNG: 255 = skin of hands and their bare forearms, 0 = all else |
| `{annotations}` | COCO key points: one annotation a hand |

An annotation has
- `bbox`: x, y, width, height of the hand without its forearm;
- `segmentation`: run lengths of the mask, the skin of hand and bare forearm;
- `keypoints`: 21 points in MediaPipe's order, each x, y and v: 2 where the point is seen, 1 where something
  hides it ({hidden} of them), 0 outside the picture;
- and beside COCO's own fields `handedness` ("left" or "right": the person's hand, no photo is mirrored),
  `label`, and `rotation_degrees` of wrist to middle knuckle, counter-clockwise from image-up.

Coordinates count pixels from the picture's corner: the centre of the first pixel is (0.5, 0.5).

## Load it
```python
from pycocotools.coco import COCO

coco = COCO("{annotations}")
for image in coco.loadImgs(coco.getImgIds()):
    hands = coco.loadAnns(coco.getAnnIds(image["id"]))
    masks = [coco.annToMask(hand) for hand in hands]
```

## Make it again
```sh
{command}
```

The same command gives the same files where the drawing code is the same (here {version}), with the same
versions of NumPy, OpenCV and Pillow. The splits train, validation and test share no hand's shape, no skin
tone and no colour of a background; this is `{split}`.

## Terms
The pictures are made by handvision and come under its MIT licence. The mesh is baked from assets of MakeHuman
that are released as CC0 1.0 (the MakeHuman community, the MPFB project, NAVER); its texture is handvision's.

## What it is not
Photos. Faces, rooms and cloth in the background are drawn simply. Train with real photos beside it, and never
report figures on it as if they were figures on photos.
"""
