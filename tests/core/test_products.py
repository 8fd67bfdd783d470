"""The table of products agrees with itself and with what is in the repository."""

import hashlib
from pathlib import Path

import pytest

from handvision.core.products import PRODUCTS, find_product

REPOSITORY = Path(__file__).resolve().parents[2]


RELEASED = [product for product in PRODUCTS.values() if product.version]


@pytest.mark.parametrize("product", RELEASED, ids=lambda product: product.name)
def test_the_released_file_is_the_one_that_the_table_names(product):
    content = (REPOSITORY / "models" / f"{product.name}.keras").read_bytes()
    assert hashlib.sha256(content).hexdigest() == product.sha256
    assert len(content) <= product.limit_mb * 2**20


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.name)
def test_every_product_has_its_notebook(product):
    assert (REPOSITORY / product.notebook).is_file()


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="no model is called 'yolo'; there are finger_numbers, gestures"):
        find_product("yolo")
