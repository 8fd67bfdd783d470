"""Tables: HTML in Jupyter, aligned text when printed."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Table:
    """Text cells under column names: a HTML table in Jupyter, aligned text when printed."""

    title: str
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        lines = [self.columns, *self.cells]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        text = ["  ".join(_pad(line[i], widths[i], i) for i in range(len(line))).rstrip() for line in lines]
        text.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *text] if self.title else text)

    __repr__ = __str__

    def markdown(self) -> str:
        """As Markdown, for a README; without the title."""
        head, *body = (f"| {' | '.join(line)} |" for line in (self.columns, *self.cells))
        return "\n".join([head, "|" + "---|" * len(self.columns), *body])

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", name, i) for i, name in enumerate(self.columns))
        body = "".join(
            f"<tr>{''.join(_cell('td', text, i) for i, text in enumerate(row))}</tr>" for row in self.cells
        )
        caption = f"<caption><b>{html.escape(self.title)}</b></caption>" if self.title else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(rows: Sequence[Sequence], columns: Sequence[str], title: str = "") -> Table:
    """A table to end a notebook with: what, this run, released model, published claim, floor.

    Args:
        rows: one sequence a row, as long as `columns`. Floats are shares and become percent (0.9712
            is shown as 97.1 %); None and NaN become a dash; whole numbers and texts stay as they
            are, so that a figure in another unit comes as text ("12.3°").
    """
    columns = tuple(map(str, columns))
    for i, row in enumerate(rows):
        if isinstance(row, str) or len(row) != len(columns):
            raise ValueError(f"rows[{i}] is {row!r}; it needs {len(columns)} cells for {', '.join(columns)}")
    return Table(title, columns, tuple(tuple(percent(cell) for cell in row) for row in rows))


def percent(value: object) -> str:
    """A float in [0, 1] as percent with one decimal, None and NaN as a dash, all else as its text."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return "–"  # noqa: RUF001
    return f"{100 * value:.1f} %" if isinstance(value, float | np.floating) else str(value)


def _pad(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)


def _cell(tag: str, text: str, column: int) -> str:
    return f'<{tag} style="text-align:{"left" if column == 0 else "right"}">{html.escape(text)}</{tag}>'
