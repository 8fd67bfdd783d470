"""The newest frame of a camera: what nobody had time to read is dropped."""

import threading
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Newest(Generic[T]):
    """Goes through `items` in a thread of its own; whoever iterates over it gets the newest item each time.

    A camera that is read more slowly than it delivers shows the past otherwise. An error of `items` comes
    after the items before it. Leaving the context ends the thread, after the item that it waits for.

    Example:
        >>> with Newest(iter(range(3))) as newest:
        ...     list(newest)[-1]
        2
    """

    def __init__(self, items: Iterable[T]):
        self._items = items
        self._changed = threading.Condition()
        self._waiting: list[T] = []  # the newest item, or none
        self._error: BaseException | None = None
        self._ended = self._stopped = False
        self._thread = threading.Thread(target=self._read, name="newest frame", daemon=True)

    def __enter__(self) -> "Newest[T]":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped = True
        self._thread.join(timeout=5)  # a camera that says nothing any more is not waited for

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                # Woken now and then, so that Ctrl-C is heard while a camera says nothing.
                while not (self._waiting or self._ended):
                    self._changed.wait(timeout=0.2)
                if not self._waiting:
                    if self._error is not None:
                        raise self._error
                    return
                item = self._waiting.pop()
            yield item

    def _read(self) -> None:
        try:
            for item in self._items:
                if self._stopped:
                    return
                with self._changed:
                    self._waiting = [item]
                    self._changed.notify()
        # Whatever it is, it is raised where the items are used.
        except BaseException as error:
            self._error = error
        finally:
            close = getattr(self._items, "close", None)
            if close is not None:
                close()  # a camera is released by the thread that reads it
            with self._changed:
                self._ended = True
                self._changed.notify()
