"""One `fit` for every network of the suite.

`fit` trains, shows its progress, and keeps one checkpoint, so that a training that was killed goes
on when it is started again, and ends with the very weights of one that was not.

All randomness of an epoch comes from (seed, epoch). Keras's BackupAndRestore is not enough for
that: it loses the state of Dropout's generators and of early stopping.
"""

from handvision.training.compiling import compile_classifier, compile_segmenter
from handvision.training.fitting import History, fit, set_seed

__all__ = [
    "History",
    "compile_classifier",
    "compile_segmenter",
    "fit",
    "set_seed",
]
