"""What a training prints: a line an epoch, and in long epochs one each half minute."""

import time
from collections.abc import Mapping, Sequence

import numpy as np

SECONDS_BETWEEN_LINES = 30


class Progress:
    """Lines of progress of one training.

    Args:
        title: stands at the head of each line.
        epochs: of the whole training.
        verbose: False prints only what `warn` is given.
    """

    def __init__(self, title: str, epochs: int, verbose: bool):
        self.prefix = f"{title}: " if title else ""
        self.epochs, self.verbose = epochs, verbose
        self.started = self.last_line = time.perf_counter()

    def say(self, text: str) -> None:
        if self.verbose:
            self.warn(text)

    def warn(self, text: str) -> None:
        print(self.prefix + text, flush=True)

    def begin_epoch(self) -> None:
        self.started = self.last_line = time.perf_counter()

    def seconds(self) -> float:
        """Since the epoch began."""
        return round(time.perf_counter() - self.started, 3)

    def step(self, epoch: int, step: int, steps: int) -> None:
        """After step `step` of `steps` of an epoch, both counted from 1."""
        now = time.perf_counter()
        if now - self.last_line <= SECONDS_BETWEEN_LINES or step >= steps:
            return
        self.last_line = now
        left = (now - self.started) / step * (steps - step)
        place = f"epoch {epoch}/{self.epochs}, step {step}/{steps}"
        self.say(f"{place}  [{_duration(left)} to the end of the epoch]")

    def epoch(self, epoch: int, logs: Mapping[str, float], seconds: Sequence[float]) -> None:
        """After an epoch, counted from 1; `seconds` are what each epoch so far took."""
        parts = []
        for name, value in sorted(logs.items(), key=lambda item: item[0] != "loss"):
            if not name.startswith("val_"):
                other = logs.get(f"val_{name}")
                parts.append(f"{name} {value:.3g}" + (f" (val {other:.3g})" if other is not None else ""))
        left = float(np.mean(seconds)) * (self.epochs - epoch)
        end = f"{_duration(left)} left" if epoch < self.epochs else "done"
        line = f"epoch {epoch:>{len(str(self.epochs))}}/{self.epochs}  {', '.join(parts)}"
        self.say(f"{line}  [{_duration(seconds[-1])}, {end}]")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
