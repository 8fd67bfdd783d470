"""Training pictures for the segmenters: cut-out hands over backgrounds, new ones in every epoch.

One picture is made in this order: a part of a background, sometimes skin-coloured things that are
no hand, the hand (turned, scaled, relit, its arm led out of the frame or into a sleeve), its
shadow, and then what a camera does to all of it (`photometric_jitter`). Pasting objects with
blended edges and light, so that a network cannot learn the paste itself, follows Dwibedi et al.,
"Cut, Paste and Learn" (2017).

Photos are (height, width, 3) uint8 RGB, masks (height, width, 1) uint8, 0 or 255, throughout; the
sequence gives float32 in [0, 1] at the end. Points are x, y in pixels, measured from the corner of
the picture (the centre of the first pixel is 0.5, 0.5).
"""

from collections.abc import Sequence

import cv2
import keras
import numpy as np

from handvision.core.checks import check_photo, checked_strength
from handvision.core.examples import UNKNOWN, Examples
from handvision.imaging.camera import CORRUPTIONS, corrupt, photometric_jitter
from handvision.synthesis.paste.arm import add_hand
from handvision.synthesis.paste.backdrop import make_scene
from handvision.synthesis.paste.checks import (
    as_list,
    at_least,
    check_source,
    checked_extent,
    checked_share,
    checked_size,
    checked_weights,
)
from handvision.synthesis.paste.cutout import Cutout
from handvision.synthesis.paste.framing import black_bars, whole_photo

__all__ = ["CORRUPTIONS", "CompositeSequence", "composite", "corrupt", "freeze", "photometric_jitter"]


class CompositeSequence(keras.utils.PyDataset):
    """Batches of fresh photos and masks; batch `i` is a pure function of (seed, epoch, i).

    Args:
        cutouts: Examples (or a list of them) with photos and masks of hands that are laid over
            `backgrounds`. Where a mask ends at its photo's border, the arm is taken to be cut.
        backgrounds: Examples with photos, of any sizes, in which no hand is seen. Faces are welcome.
        size: (height, width) of the pictures, each at least 16.
        batch_size: pictures a batch.
        steps: batches an epoch.
        seed: int >= 0.
        empty: share of pictures without a hand, in [0, 1].
        weights: how often each source is drawn, one number for each of `cutouts` and then each of
            `photos`; None draws all sources equally often.
        workers: threads that make batches; their number does not change the pictures.
        photos: Examples (or a list of them) whose whole photos are used as they are, with their
            own backgrounds: turned, scaled and shifted. Photos without a hand may be among them.
        several: share of composites with a second hand.
        extent: (smallest, largest) length of a hand, arm included, in lengths of the frame.
        strength: of everything that changes light, colour and sharpness; 0 turns it off, and the
            distractors with it.

    `sequence[i]` is (photos, masks): (batch, height, width, 3) float32 in [0, 1] and
    (batch, height, width, 1) float32, 0 or 1, NaN where a weak mask is UNKNOWN. `epoch` counts from 0
    and may be set to resume.

    Raises:
        ValueError: a source without photos, masks or hands, masks that do not fit their photos,
            no backgrounds where they are needed, or a number out of its range.
    """

    def __init__(
        self,
        cutouts: Examples | Sequence[Examples] = (),
        backgrounds: Examples | None = None,
        size: tuple[int, int] = (128, 128),
        batch_size: int = 32,
        steps: int = 100,
        seed: int = 0,
        empty: float = 0.07,
        weights: Sequence[float] | None = None,
        workers: int = 1,
        *,
        photos: Examples | Sequence[Examples] = (),
        several: float = 0.1,
        extent: tuple[float, float] = (0.3, 1.2),
        strength: float = 1.0,
    ):
        super().__init__(workers=workers)
        self.cutouts = as_list(cutouts)
        self.photos = as_list(photos)
        self.backgrounds = backgrounds
        self.size = checked_size(size)
        self.batch_size = at_least(batch_size, 1, "batch_size")
        self.steps = at_least(steps, 1, "steps")
        self.seed = at_least(seed, 0, "seed")
        self.empty = checked_share(empty, "empty")
        self.several = checked_share(several, "several")
        self.extent = checked_extent(extent)
        self.strength = checked_strength(strength)
        self.epoch = 0
        self._measured = {}
        for source in self.cutouts:
            check_source(source, hands=True)
        for source in self.photos:
            check_source(source, hands=False)
        self.probabilities = checked_weights(weights, len(self.cutouts) + len(self.photos))
        if len(self.probabilities) == 0 and self.empty < 1:
            raise ValueError("no hands: give cutouts or photos, or empty=1 for backgrounds alone")
        if backgrounds is None or backgrounds.photos is None or len(backgrounds) == 0:
            if self.cutouts:
                raise ValueError("no backgrounds: give Examples with photos to lay the cut-outs over")
            if self.empty > 0:
                raise ValueError(f"empty is {empty}, but no backgrounds to show; give some, or empty=0")
        else:
            for i, photo in enumerate(backgrounds.photos):
                check_photo(photo, f"{backgrounds.name}, picture {i}: background")

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        photos, masks, _ = self.batch(self.epoch, index)
        known = np.where(masks == UNKNOWN, np.float32("nan"), (masks > 0).astype(np.float32))
        return photos.astype(np.float32) / np.float32(255), known

    def on_epoch_end(self):
        self.epoch += 1

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Batch `index` of `epoch`: photos uint8, masks uint8 and (batch, 2) int64 of what is seen.

        The last array holds the source (cut-outs first) and the picture in it, -1 where no hand is.
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

    def _picture(self, rng):
        seen = (-1, -1)
        if rng.random() >= self.empty:
            source = int(rng.choice(len(self.probabilities), p=self.probabilities))
            number = int(rng.integers(len((self.cutouts + self.photos)[source])))
            seen = (source, number)
        bars = black_bars(self.size, rng) if rng.random() < 0.12 * self.strength else (0, 0, 0, 0)
        top, bottom, left, right = bars
        inner = (self.size[0] - top - bottom, self.size[1] - left - right)
        if seen[0] < 0:
            photo = make_scene(self._background(rng), rng, inner, self.strength, distractors=0.6)
            mask = np.zeros(inner + (1,), np.uint8)
        elif seen[0] < len(self.cutouts):
            photo, mask = self._composite(*seen, rng, inner)
        else:
            source = self.photos[seen[0] - len(self.cutouts)]
            photo, mask = whole_photo(source.photos[seen[1]], source.masks[seen[1]], rng, inner)
        photo = photometric_jitter(photo, rng, self.strength)
        if any(bars):
            photo = cv2.copyMakeBorder(photo, *bars, cv2.BORDER_CONSTANT, value=(0, 0, 0))
            mask = cv2.copyMakeBorder(mask, *bars, cv2.BORDER_CONSTANT, value=0).reshape(self.size + (1,))
        return photo, mask, seen

    def _composite(self, source, number, rng, size):
        cutout = self._cutout(source, number)
        photo = make_scene(self._background(rng), rng, size, self.strength, 0.35, cutout.skin)
        mask = np.zeros(size + (1,), np.uint8)
        if rng.random() < self.several:
            # Of the same source: another person's hand, or the same person's other one.
            other = self._cutout(source, int(rng.integers(len(self.cutouts[source]))))
            photo, mask = add_hand(photo, mask, other, rng, self.strength, self.extent)
        return add_hand(photo, mask, cutout, rng, self.strength, self.extent)

    def _cutout(self, source, number):
        # Measured once. Two threads may measure the same one, and get the same.
        if (source, number) not in self._measured:
            examples = self.cutouts[source]
            self._measured[source, number] = Cutout(examples.photos[number], examples.masks[number])
        return self._measured[source, number]

    def _background(self, rng):
        return self.backgrounds.photos[int(rng.integers(len(self.backgrounds)))]


def freeze(sequence: CompositeSequence, epoch: int = 0, name: str | None = None) -> Examples:
    """All pictures of one epoch, fixed: a validation or test set. The sequence stays as it is.

    Returns Examples with photos and masks uint8, and with the labels of the cut-outs and photos
    where all sources have labels of the same classes and every picture shows a hand.
    """
    batches = [sequence.batch(epoch, i) for i in range(len(sequence))]
    photos, masks, seen = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    sources = sequence.cutouts + sequence.photos
    named = [s.class_names for s in sources if s.labels is not None]
    labels, class_names = None, ()
    if sources and len(named) == len(sources) and len(set(named)) == 1 and (seen >= 0).all():
        labels = np.array([sources[s].labels[n] for s, n in seen], np.int64)
        class_names = named[0]
    title = name or f"composites of {', '.join(s.name for s in sources) or 'no hands'}, epoch {epoch}"
    origin = " + ".join(s.source or s.name for s in sources)
    return Examples(title, photos=photos, masks=masks, labels=labels, class_names=class_names, source=origin)


def composite(
    photo: np.ndarray,
    mask: np.ndarray,
    background: np.ndarray,
    rng: np.random.Generator,
    size: tuple[int, int] = (128, 128),
    *,
    strength: float = 1.0,
    extent: tuple[float, float] = (0.3, 1.2),
) -> tuple[np.ndarray, np.ndarray]:
    """One cut-out hand over a random part of a background: photo and mask of `size`, both uint8.

    With `strength` 0 the hand keeps its own light and colour, throws no shadow, and no distractors
    lie about; size, turn and place are drawn all the same.

    Raises:
        ValueError: a photo that is not uint8 RGB, a mask that does not fit it, or without a hand.
    """
    size = checked_size(size)
    strength, extent = checked_strength(strength), checked_extent(extent)
    check_photo(background, "background")
    cutout = Cutout(photo, mask)
    scene = make_scene(background, rng, size, strength, 0.35, cutout.skin)
    return add_hand(scene, np.zeros(size + (1,), np.uint8), cutout, rng, strength, extent)
