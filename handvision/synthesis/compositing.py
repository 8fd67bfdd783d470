"""Training pictures for the segmenters: cut-out hands over backgrounds, new ones in every epoch.

One picture is made in this order: a part of a background, sometimes distractors (skin-coloured things
that are no hand), the hand (rotated, scaled, relit, its arm led out of the frame or into a sleeve), its
shadow, and then what a camera does to all of it (`photometric_jitter`). Pasting objects with
blended edges and light, so that a network cannot learn the paste itself, follows Dwibedi et al.,
"Cut, Paste and Learn" (2017).

Photos are (height, width, 3) uint8 RGB, masks (height, width, 1) uint8, 0 or 255, throughout; the
sequence gives float32 in [0, 1] at the end. Of every hand the box, and what else its source knows of it (key
points, handedness, label), go along. Points are x, y in pixels, measured from the corner of
the picture (the centre of the first pixel is 0.5, 0.5).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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
from handvision.core.examples import NO_HAND, Examples, Hands, known_mask
from handvision.core.geometry import Affine
from handvision.imaging.camera import photometric_jitter
from handvision.imaging.light import brighten
from handvision.synthesis.paste.arm import Pasted, add_hand
from handvision.synthesis.paste.backdrop import make_scene
from handvision.synthesis.paste.cutout import Cutout
from handvision.synthesis.paste.framing import black_bars, whole_photo
from handvision.synthesis.paste.tracing import LEAST_SEEN, Traced, behind, joined
from handvision.synthesis.paste.variety import Variety, find_skin


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


@dataclass(frozen=True)
class Background:
    """Photos without a hand, and how often they are drawn beside other backgrounds."""

    examples: Examples
    weight: float = 1.0


class Batch(NamedTuple):
    """Pictures of one batch.

    Attributes:
        photos: (batch, height, width, 3) uint8 RGB.
        masks: (batch, height, width, 1) uint8, 0, 255, or UNKNOWN.
        seen: (batch, 2) int64, index of the source and of the picture in that source; -1 where no hand is.
        hands: a `Hands` a picture, of every hand that is seen. Boxes are tight around the hand and end at
            the frame; where a source does not say where the hand is, the box is measured in the mask, the
            wrist estimated, and NaN where the mask is weak. Key points, handedness, labels and rotations
            are those of the source; the score of a hidden point, or one outside the frame, is 0.
    """

    photos: np.ndarray
    masks: np.ndarray
    seen: np.ndarray
    hands: list[Hands]


class CompositeSequence:
    """Batches of fresh photos and masks; batch `i` is a pure function of (seed, epoch, i).

    Args:
        sources: where hands are drawn from.
        backgrounds: Examples with photos, of any sizes, in which no hand is seen; or several `Background`,
            drawn by their weights. Faces are welcome.
        size: (height, width) of the pictures, each at least 16.
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: int >= 0.
        empty: share of pictures without a hand, in [0, 1].
        several: share of composites with a second hand.
        extent: (smallest, largest) length of a hand, arm included, in lengths of the frame.
        strength: of all changes of light, colour and sharpness, and how frequent distractors are; with 0
            there are none of either.
        variety: walls, carpets, faces behind the hand, back-light; by default none of it.
        targets: what a network learns from a `Batch`; default the masks, (batch, height, width, 1) float32,
            0 or 1, NaN where a weak mask is UNKNOWN.

    `sequence[i]` is (photos, targets), photos (batch, height, width, 3) float32 in [0, 1]; `batch` gives all
    that is known, boxes and key points of every hand too. `epoch` counts from 0 and may be set to resume.

    Raises:
        ValueError: no backgrounds where they are needed, weights that cannot be drawn from, or a number out
            of its range.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        backgrounds: Examples | Sequence[Background] | None = None,
        size: tuple[int, int] = (128, 128),
        batch_size: int = 32,
        steps: int = 100,
        seed: int = 0,
        *,
        empty: float = 0.07,
        several: float = 0.1,
        extent: tuple[float, float] = (0.3, 1.2),
        strength: float = 1.0,
        variety: Variety = Variety(),  # noqa: B008 - frozen
        targets: Callable[[Batch], Any] | None = None,
    ) -> None:
        self.sources = tuple(sources)
        self.backgrounds = _as_backgrounds(backgrounds)
        self.size = checked_size(size)
        self.batch_size = whole_number(batch_size, 1, "batch_size")
        self.steps = whole_number(steps, 1, "steps")
        self.seed = whole_number(seed, 0, "seed")
        self.empty = checked_share(empty, "empty")
        self.several = checked_share(several, "several")
        self.extent = checked_extent(extent)
        self.strength = checked_strength(strength)
        self.probabilities = checked_weights([source.weight for source in self.sources])
        self.variety = variety
        self.targets = targets if targets is not None else mask_targets
        self.epoch = 0
        self._measured: dict[tuple[int, int], Cutout] = {}
        self._traced: dict[tuple[int, int], Traced] = {}
        if not self.sources and self.empty < 1:
            raise ValueError("no sources of hands: give some, or empty=1 for backgrounds alone")
        self._background_shares = checked_weights([each.weight for each in self.backgrounds])
        if not self.backgrounds:
            if any(source.how == "cutout" for source in self.sources):
                raise ValueError("no backgrounds: give Examples with photos to lay the cut-outs over")
            if self.empty > 0:
                raise ValueError(f"empty is {empty}, but no backgrounds to show; give some, or empty=0")

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, Any]:
        batch = self.batch(self.epoch, index)
        return batch.photos.astype(np.float32) / np.float32(255), self.targets(batch)

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def batch(self, epoch: int, index: int) -> Batch:
        """Batch `index` of `epoch`, with all that is known of its pictures."""
        if not 0 <= index < self.steps:
            raise IndexError(f"batch {index} of {self.steps}")
        height, width = self.size
        photos = np.empty((self.batch_size, height, width, 3), np.uint8)
        masks = np.empty((self.batch_size, height, width, 1), np.uint8)
        seen = np.empty((self.batch_size, 2), np.int64)
        hands = []
        for j in range(self.batch_size):
            # A generator of its own for every picture: no thread can disturb another's.
            rng = np.random.default_rng((self.seed, epoch, index, j))
            photos[j], masks[j], seen[j], shown = self._picture(rng)
            hands.append(shown)
        return Batch(photos, masks, seen, hands)

    def _picture(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, tuple[int, int], Hands]:
        seen = (-1, -1)
        if rng.random() >= self.empty:
            source = int(rng.choice(len(self.probabilities), p=self.probabilities))
            number = int(rng.integers(len(self.sources[source].examples)))
            seen = (source, number)
        bars = black_bars(self.size, rng) if rng.random() < 0.12 * self.strength else (0, 0, 0, 0)
        top, bottom, left, right = bars
        inner = (self.size[0] - top - bottom, self.size[1] - left - right)
        hands = Hands()
        if seen[0] < 0:
            photo = make_scene(self._background(rng), rng, inner, self.strength, distractors=0.6)
            mask = np.zeros(inner + (1,), np.uint8)
        elif self.sources[seen[0]].how == "cutout":
            photo, mask, hands = self._composite(*seen, rng, inner)
        else:
            whole = self.sources[seen[0]].examples
            photo, mask, affines = whole_photo(
                whole.require("photos")[seen[1]], whole.require("masks")[seen[1]], rng, inner
            )
            hands = self._photo_hands(*seen).moved_with_copies(affines, inner)
        photo = photometric_jitter(photo, rng, self.strength)
        if any(bars):
            photo = cv2.copyMakeBorder(photo, *bars, cv2.BORDER_CONSTANT, value=(0, 0, 0))
            mask = cv2.copyMakeBorder(mask, *bars, cv2.BORDER_CONSTANT, value=0).reshape(self.size + (1,))
            hands = hands.moved(Affine.shift(left, top))
        return photo, mask, seen, hands

    def _composite(
        self, source: int, number: int, rng: np.random.Generator, size: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray, Hands]:
        cutout = self._cutout(source, number)
        photo = make_scene(self._background(rng), rng, size, self.strength, 0.35, cutout.skin)
        mask = np.zeros(size + (1,), np.uint8)
        back_lit, at = False, None
        if self.variety.over_skin and rng.random() < self.variety.over_skin:
            photo, at = find_skin(photo, rng, cutout.skin)
        if self.variety.back_light and rng.random() < self.variety.back_light:
            photo, back_lit = brighten(photo, rng), True
        pasted = []
        for other in self._others(source, rng):
            pasted.append(add_hand(photo, mask, other, rng, self.strength, self.extent, back_lit=back_lit))
            photo, mask = pasted[-1].photo, pasted[-1].mask
        pasted.append(add_hand(photo, mask, cutout, rng, self.strength, self.extent, at, back_lit))
        return pasted[-1].photo, pasted[-1].mask, _seen(pasted)

    def _others(self, source: int, rng: np.random.Generator) -> list[Cutout]:
        """The hands behind the first one, of the same source: of another person, or the other of the same."""
        count = int(rng.random() < self.several)
        if count and self.variety.third:
            count += int(rng.random() < self.variety.third)
        numbers = [int(rng.integers(len(self.sources[source].examples))) for _ in range(count)]
        return [self._cutout(source, number) for number in numbers]

    def _cutout(self, source: int, number: int) -> Cutout:
        # Measured once. Two threads may measure the same one, and get the same.
        if (source, number) not in self._measured:
            examples = self.sources[source].examples
            self._measured[source, number] = Cutout(
                examples.require("photos")[number],
                examples.require("masks")[number],
                _known_hands(examples, number),
            )
        return self._measured[source, number]

    def _photo_hands(self, source: int, number: int) -> Traced:
        if (source, number) not in self._traced:
            examples = self.sources[source].examples
            mask = examples.require("masks")[number]
            self._traced[source, number] = Traced(
                mask.reshape(mask.shape[:2]), _known_hands(examples, number)
            )
        return self._traced[source, number]

    def _background(self, rng: np.random.Generator) -> np.ndarray:
        # Larger than the frame: a part of it will be seen.
        wall = self.variety.draw_wall(rng, (self.size[0] * 3 // 2, self.size[1] * 3 // 2))
        if wall is not None:
            return wall
        chosen = 0
        if len(self.backgrounds) > 1:
            chosen = int(rng.choice(len(self.backgrounds), p=self._background_shares))
        photos = self.backgrounds[chosen].examples.require("photos")
        return photos[int(rng.integers(len(photos)))]


def mask_targets(batch: Batch) -> np.ndarray:
    """(batch, height, width, 1) float32: 1 = hand, 0 = none, NaN where a weak mask is UNKNOWN."""
    return known_mask(batch.masks)


def _as_backgrounds(given: Examples | Sequence[Background] | None) -> tuple[Background, ...]:
    """Those that hold photos, which are checked."""
    given = [] if given is None else [Background(given)] if isinstance(given, Examples) else given
    backgrounds = tuple(each for each in given if each.examples.photos is not None and len(each.examples))
    for background in backgrounds:
        for i, photo in enumerate(background.examples.require("photos")):
            check_photo(photo, f"{background.examples.name}, picture {i}: background")
    return backgrounds


def _known_hands(examples: Examples, number: int) -> Hands | None:
    """The hands of a picture; without them, what its label and rotation say of its one hand."""
    if examples.hands is not None:
        return examples.hands[number]
    if examples.labels is None or examples.labels[number] == NO_HAND:
        return None
    rotations = None if examples.rotations is None else examples.rotations[[number]]
    return Hands(labels=examples.labels[[number]], rotations=rotations)  # type: ignore[arg-type]  # may be None


def _seen(pasted: Sequence[Pasted]) -> Hands:
    """The hands of all that was pasted, back to front, less what those before them hide."""
    shown = []
    for row, each in enumerate(pasted):
        hands = each.hands
        if row + 1 < len(pasted):
            cover = np.any([nearer.cover for nearer in pasted[row + 1 :]], axis=0)
            if (each.skin & ~cover).sum() < LEAST_SEEN * each.skin.sum():
                continue
            hands = behind(hands, cover)
        shown.append(hands)
    return joined(shown)


def freeze(
    sequence: CompositeSequence, epoch: int = 0, name: str | None = None, *, hands: bool = False
) -> Examples:
    """All pictures of one epoch, fixed: a validation or test set. The sequence stays as it is.

    Args:
        hands: with the box, and what else is known, of every hand. Sets of the first release have none, and
            are known by their content's hash.

    Returns:
        Examples with photos and masks uint8, and with labels where all sources have labels of the same
        classes and every picture shows a hand.
    """
    batches = [sequence.batch(epoch, i) for i in range(len(sequence))]
    photos, masks, seen = (
        np.concatenate(parts) for parts in zip(*(batch[:3] for batch in batches), strict=True)
    )
    sources = [source.examples for source in sequence.sources]
    named = [s.class_names for s in sources if s.labels is not None]
    labels, class_names = None, ()
    if sources and len(named) == len(sources) and len(set(named)) == 1 and (seen >= 0).all():
        labels = np.array([sources[s].require("labels")[n] for s, n in seen], np.int64)
        class_names = named[0]
    title = name or f"composites of {', '.join(s.name for s in sources) or 'no hands'}, epoch {epoch}"
    origin = " + ".join(s.source or s.name for s in sources)
    return Examples(
        title,
        photos=photos,
        masks=masks,
        labels=labels,
        hands=[each for batch in batches for each in batch.hands] if hands else None,
        class_names=class_names,
        source=origin,
    )
