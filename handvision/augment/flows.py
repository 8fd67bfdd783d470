"""Batches of augmented pictures, from arrays and from files."""

import operator
import threading
from pathlib import Path

import keras
import numpy as np

from handvision.augment.checks import checked_count, checked_seed
from handvision.augment.warps import turned


class Flow(keras.utils.PyDataset):
    """Batches that are a pure function of (seed, epoch, i), for `fit`, for indexing and for `next`.

    - `flow[i]` is batch `i` of the epoch in `epoch`, however often, by whichever worker it is asked for.
    - `on_epoch_end()`, which Keras's `fit` calls, goes to the next epoch. `fit` also calls it once before
      its first epoch, so set `epoch` in a callback's `on_epoch_begin` to be sure of the number.
    - Pass `shuffle=False` to `fit`: the flow shuffles by itself, and `fit` would shuffle the order of its
      batches with Python's global generator, so that a training could not be resumed exactly.
    - `next(flow)` gives batch after batch and goes to the next epoch by itself, without end. So does a
      `for` loop, as with Keras's own iterators.

    Attributes:
        epoch: int, 0 at first. Setting it goes to the start of that epoch.
        n, batch_size, shuffle, seed: as given; `seed` is the one that was drawn where None was given.
    """

    def __init__(self, generator, n, batch_size, shuffle, seed, save_to, **workers):
        super().__init__(**workers)
        self.image_data_generator = generator
        self.n = n
        self.batch_size = checked_count("batch_size", batch_size)
        self.shuffle = bool(shuffle)
        self.seed = checked_seed(seed)
        self.save_to_dir, self.save_prefix, self.save_format = save_to
        if self.save_to_dir is not None and not Path(self.save_to_dir).is_dir():
            raise ValueError(f"save_to_dir is {str(self.save_to_dir)!r}, which is not a folder: create it")
        checked_count("workers", self.workers, least=0)
        self._epoch = 0
        self._order = (None, None)
        self.batch_index = 0
        self.lock = threading.Lock()

    @property
    def epoch(self):
        return self._epoch

    @epoch.setter
    def epoch(self, epoch):
        self._epoch = checked_count("epoch", epoch, least=0)
        self.batch_index = 0

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, i):
        return self._batch_of(self._epoch, i)

    def __iter__(self):
        return self

    def __next__(self):
        # Only the count is under the lock: threads transform their batches side by side.
        with self.lock:
            if self.batch_index == len(self):
                self.epoch += 1
            epoch, i = self._epoch, self.batch_index
            self.batch_index += 1
        return self._batch_of(epoch, i)

    def on_epoch_end(self):
        self.epoch += 1

    def reset(self):
        """Lets `next` start the epoch again."""
        self.batch_index = 0

    def __getstate__(self):
        return {key: value for key, value in self.__dict__.items() if key != "lock"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.lock = threading.Lock()

    def _batch_of(self, epoch, i):
        index = operator.index(i)
        if not -len(self) <= index < len(self):
            raise IndexError(f"batch {i} of {len(self)}")
        index %= len(self)
        order = self._order_of(epoch)
        # 0 is for the order, so that no batch shares its numbers.
        rng = np.random.default_rng((self.seed, epoch, 1 + index))
        return self._batch(order[index * self.batch_size : (index + 1) * self.batch_size], rng, epoch)

    def _order_of(self, epoch):
        known, order = self._order
        if known != epoch:
            order = np.arange(self.n)
            if self.shuffle:
                np.random.default_rng((self.seed, epoch, 0)).shuffle(order)
            self._order = (epoch, order)
        return order

    def _batch(self, indices, rng, epoch):
        raise NotImplementedError

    def _save(self, batch, indices, epoch):
        if self.save_to_dir is None:
            return
        for picture, index in zip(batch, indices, strict=True):
            name = f"{self.save_prefix}_{index}_{epoch}.{self.save_format}"
            keras.utils.array_to_img(picture, data_format="channels_last").save(Path(self.save_to_dir, name))


class ArrayFlow(Flow):
    """Batches from arrays: what `ImageDataGenerator.flow` returns."""

    def __init__(self, generator, columns, foreground, **options):
        self.columns = columns
        # What a mask in x says for "hand", 1 or 255; None if x holds photos.
        self.foreground = foreground
        super().__init__(generator, len(columns["x"]), **options)

    def _batch(self, indices, rng, epoch):
        generator = self.image_data_generator
        x = self.columns["x"]
        transforms = generator._draw(len(indices), x.shape[1:], rng)
        pictures = [x[j] for j in indices]
        if self.foreground is None:
            batch = generator._augmented(pictures, transforms)
        else:
            masks = generator._warped_masks(pictures, transforms)
            batch = generator._standardized(masks * np.float32(self.foreground))
        self._save(batch, indices, epoch)
        others = {name: column[indices] for name, column in self.columns.items() if name != "x"}
        extras = [column for name, column in others.items() if name.startswith("x[1]")]
        return self._with_targets([batch, *extras] if extras else batch, others, transforms)

    def _with_targets(self, inputs, others, transforms):
        y, weights = others.get("y"), others.get("sample_weight")
        if "rotations" in others:
            rotation, known = turned(others["rotations"], transforms)
            weights = np.ones_like(known) if weights is None else weights.astype(np.float32)
            if y is None:
                return inputs, {"rotation": rotation}, {"rotation": weights * known}
            targets = {"gesture": y, "rotation": rotation}
            return inputs, targets, {"gesture": weights, "rotation": weights * known}
        if "masks" in others:
            y = self.image_data_generator._warped_masks(others["masks"], transforms)
        if y is None:
            return inputs
        return (inputs, y) if weights is None else (inputs, y, weights)


class FileFlow(Flow):
    """Batches from picture files: what `ImageDataGenerator.flow_from_directory` returns."""

    def __init__(self, generator, listing, **options):
        self.filenames = listing.filenames
        self.filepaths = listing.filepaths
        self.classes = listing.classes
        self.class_indices = listing.class_indices
        self.class_mode = listing.class_mode
        self.samples = listing.samples
        self.num_classes = listing.num_classes
        self.image_shape = listing.image_shape
        self._reading = {
            "color_mode": listing.color_mode,
            "target_size": listing.target_size,
            "interpolation": listing.interpolation,
            "keep_aspect_ratio": listing.keep_aspect_ratio,
        }
        super().__init__(generator, listing.samples, **options)

    @property
    def labels(self):
        return self.classes

    def _batch(self, indices, rng, epoch):
        generator = self.image_data_generator
        transforms = generator._draw(len(indices), self.image_shape, rng)
        batch = generator._augmented([self._read(self.filepaths[j]) for j in indices], transforms)
        self._save(batch, indices, epoch)
        if self.class_mode is None:
            return batch
        if self.class_mode == "input":
            return batch, batch.copy()
        classes = self.classes[indices]
        if self.class_mode == "categorical":
            return batch, np.eye(self.num_classes, dtype=generator.dtype)[classes]
        return batch, classes.astype(generator.dtype)

    def _read(self, path):
        try:
            with keras.utils.load_img(path, **self._reading) as picture:
                return keras.utils.img_to_array(picture, data_format="channels_last", dtype="float32")
        except OSError as error:
            raise ValueError(f"{path} is no picture that can be read: {error}") from error
