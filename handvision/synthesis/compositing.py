"""Training pictures for the segmenters: cut-out hands over backgrounds, new ones in every epoch.

One picture is made in this order: a part of a background, sometimes distractors (skin-coloured things
that are no hand), the hand (rotated, scaled, relit, its arm led out of the frame or into a sleeve), its
shadow, and then what a camera does to all of it (`photometric_jitter`). Pasting objects with
blended edges and light, so that a network cannot learn the paste itself, follows Dwibedi et al.,
"Cut, Paste and Learn" (2017).

Photos are (height, width, 3) uint8 RGB, masks (height, width, 1) uint8, 0 or 255, throughout; the
sequence gives float32 in [0, 1] at the end. Points are x, y in pixels, measured from the corner of
the picture (the centre of the first pixel is 0.5, 0.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from handvision.core.checks import (
    check_photo,
    check_photos_and_masks,
    checked_extent,
    checked_share,
    checked_size,
    checked_strength,
    checked_weights,
    whole_number,
)
from handvision.core.examples import UNKNOWN, Examples
from handvision.imaging.camera import photometric_jitter
from handvision.synthesis.paste.arm import add_hand
from handvision.synthesis.paste.backdrop import make_scene
from handvision.synthesis.paste.cutout import Cutout
from handvision.synthesis.paste.framing import black_bars, whole_photo


@dataclass(frozen=True)
class Source:
    """Pictures of hands, how often they are drawn, and how they are used.

    Attributes:
        examples: with photos and masks.
        weight: how often, beside the weights of the other sources; 0 is never.
        how: "cutout": the hand is cut out and laid over a background; where its mask ends at its photo's
            border, the arm is treated as cut off. "photo": the whole photo, with its own background, rotated,
            scaled and shifted; photos without a hand may be among them.

    Raises:
        ValueError: another `how`; no photos, masks or hands; masks that do not fit their photos.
    """

    examples: Examples
    weight: float = 1.0
    how: str = "cutout"

    def __post_init__(self) -> None:
        if self.how not in ("cutout", "photo"):
            raise ValueError(f"{self.examples.name}: how is {self.how!r}; use 'cutout' or 'photo'")
        check_photos_and_masks(self.examples, with_hands=self.how == "cutout")


class CompositeSequence:
    """Batches of fresh photos and masks; batch `i` is a pure function of (seed, epoch, i).

    Args:
        sources: where hands are drawn from.
        backgrounds: Examples with photos, of any sizes, in which no hand is seen. Faces are welcome.
        size: (height, width) of the pictures, each at least 16.
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: int >= 0.
        empty: share of pictures without a hand, in [0, 1].
        several: share of composites with a second hand.
        extent: (smallest, largest) length of a hand, arm included, in lengths of the frame.
        strength: of all changes of light, colour and sharpness, and how frequent distractors are; with 0
            there are none of either.

    `sequence[i]` is (photos, masks): (batch, height, width, 3) float32 in [0, 1] and
    (batch, height, width, 1) float32, 0 or 1, NaN where a weak mask is UNKNOWN. `epoch` counts from 0
    and may be set to resume.

    Raises:
        ValueError: no backgrounds where they are needed, weights that cannot be drawn from, or a number out
            of its range.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        backgrounds: Examples | None = None,
        size: tuple[int, int] = (128, 128),
        batch_size: int = 32,
        steps: int = 100,
        seed: int = 0,
        *,
        empty: float = 0.07,
        several: float = 0.1,
        extent: tuple[float, float] = (0.3, 1.2),
        strength: float = 1.0,
    ) -> None:
        self.sources = tuple(sources)
        self.backgrounds = Examples("no backgrounds", photos=[]) if backgrounds is None else backgrounds
        self.size = checked_size(size)
        self.batch_size = whole_number(batch_size, 1, "batch_size")
        self.steps = whole_number(steps, 1, "steps")
        self.seed = whole_number(seed, 0, "seed")
        self.empty = checked_share(empty, "empty")
        self.several = checked_share(several, "several")
        self.extent = checked_extent(extent)
        self.strength = checked_strength(strength)
        self.probabilities = checked_weights([source.weight for source in self.sources])
        self.epoch = 0
        self._measured: dict[tuple[int, int], Cutout] = {}
        if not self.sources and self.empty < 1:
            raise ValueError("no sources of hands: give some, or empty=1 for backgrounds alone")
        if self.backgrounds.photos is None or len(self.backgrounds) == 0:
            if any(source.how == "cutout" for source in self.sources):
                raise ValueError("no backgrounds: give Examples with photos to lay the cut-outs over")
            if self.empty > 0:
                raise ValueError(f"empty is {empty}, but no backgrounds to show; give some, or empty=0")
        else:
            for i, photo in enumerate(self.backgrounds.photos):
                check_photo(photo, f"{self.backgrounds.name}, picture {i}: background")

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        photos, masks, _ = self.batch(self.epoch, index)
        known = np.where(masks == UNKNOWN, np.float32("nan"), (masks > 0).astype(np.float32))
        return photos.astype(np.float32) / np.float32(255), known

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Batch `index` of `epoch`: photos uint8, masks uint8, and (batch, 2) int64: which hand is seen.

        The last array holds the index of the source and of the picture in that source; -1 where no hand is.
        """
        if not 0 <= index < self.steps:
            raise IndexError(f"batch {index} of {self.steps}")
        height, width = self.size
        photos = np.empty((self.batch_size, height, width, 3), np.uint8)
        masks = np.empty((self.batch_size, height, width, 1), np.uint8)
        seen = np.empty((self.batch_size, 2), np.int64)
        for j in range(self.batch_size):
            # A generator of its own for every picture: no thread can disturb another's.
            rng = np.random.default_rng((self.seed, epoch, index, j))
            photos[j], masks[j], seen[j] = self._picture(rng)
        return photos, masks, seen

    def _picture(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
        seen = (-1, -1)
        if rng.random() >= self.empty:
            source = int(rng.choice(len(self.probabilities), p=self.probabilities))
            number = int(rng.integers(len(self.sources[source].examples)))
            seen = (source, number)
        bars = black_bars(self.size, rng) if rng.random() < 0.12 * self.strength else (0, 0, 0, 0)
        top, bottom, left, right = bars
        inner = (self.size[0] - top - bottom, self.size[1] - left - right)
        if seen[0] < 0:
            photo = make_scene(self._background(rng), rng, inner, self.strength, distractors=0.6)
            mask = np.zeros(inner + (1,), np.uint8)
        elif self.sources[seen[0]].how == "cutout":
            photo, mask = self._composite(*seen, rng, inner)
        else:
            whole = self.sources[seen[0]].examples
            photo, mask = whole_photo(
                whole.require("photos")[seen[1]], whole.require("masks")[seen[1]], rng, inner
            )
        photo = photometric_jitter(photo, rng, self.strength)
        if any(bars):
            photo = cv2.copyMakeBorder(photo, *bars, cv2.BORDER_CONSTANT, value=(0, 0, 0))
            mask = cv2.copyMakeBorder(mask, *bars, cv2.BORDER_CONSTANT, value=0).reshape(self.size + (1,))
        return photo, mask, seen

    def _composite(
        self, source: int, number: int, rng: np.random.Generator, size: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray]:
        cutout = self._cutout(source, number)
        photo = make_scene(self._background(rng), rng, size, self.strength, 0.35, cutout.skin)
        mask = np.zeros(size + (1,), np.uint8)
        if rng.random() < self.several:
            # Of the same source: another person's hand, or the same person's other one.
            other = self._cutout(source, int(rng.integers(len(self.sources[source].examples))))
            photo, mask = add_hand(photo, mask, other, rng, self.strength, self.extent)
        return add_hand(photo, mask, cutout, rng, self.strength, self.extent)

    def _cutout(self, source: int, number: int) -> Cutout:
        # Measured once. Two threads may measure the same one, and get the same.
        if (source, number) not in self._measured:
            examples = self.sources[source].examples
            self._measured[source, number] = Cutout(
                examples.require("photos")[number], examples.require("masks")[number]
            )
        return self._measured[source, number]

    def _background(self, rng: np.random.Generator) -> np.ndarray:
        photos = self.backgrounds.require("photos")
        return photos[int(rng.integers(len(photos)))]


def freeze(sequence: CompositeSequence, epoch: int = 0, name: str | None = None) -> Examples:
    """All pictures of one epoch, fixed: a validation or test set. The sequence stays as it is.

    Returns Examples with photos and masks uint8, and with labels where all sources have labels of the same
    classes and every picture shows a hand.
    """
    batches = [sequence.batch(epoch, i) for i in range(len(sequence))]
    photos, masks, seen = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    sources = [source.examples for source in sequence.sources]
    named = [s.class_names for s in sources if s.labels is not None]
    labels, class_names = None, ()
    if sources and len(named) == len(sources) and len(set(named)) == 1 and (seen >= 0).all():
        labels = np.array([sources[s].require("labels")[n] for s, n in seen], np.int64)
        class_names = named[0]
    title = name or f"composites of {', '.join(s.name for s in sources) or 'no hands'}, epoch {epoch}"
    origin = " + ".join(s.source or s.name for s in sources)
    return Examples(title, photos=photos, masks=masks, labels=labels, class_names=class_names, source=origin)
