"""Arguments of figures: checked, and brought into one form."""

import numpy as np


def as_pictures(images, name: str) -> list[np.ndarray]:
    """Each picture as uint8, (height, width) or (height, width, 3)."""
    if isinstance(images, np.ndarray) and images.ndim not in (3, 4):
        raise ValueError(f"{name} has shape {images.shape}; give (n, height, width, 1 or 3) or a list")
    pictures = [_picture(image, f"{name}[{i}]") for i, image in enumerate(images)]
    if not pictures:
        raise ValueError(f"{name} is empty; there is nothing to show")
    return pictures


def _picture(image, name: str) -> np.ndarray:
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if not (image.ndim == 2 or (image.ndim == 3 and image.shape[-1] == 3)) or not image.size:
        raise ValueError(
            f"{name} has shape {image.shape}; a picture is (height, width), with 1 or 3 channels"
        )
    if image.dtype == np.uint8:
        return image
    if image.dtype == bool:
        return image.astype(np.uint8) * 255
    if not np.issubdtype(image.dtype, np.floating):
        raise TypeError(f"{name} is {image.dtype}; give uint8, or floats in [0, 1]")
    image = image.astype(np.float32)
    # The margin takes what interpolation overshoots.
    if not np.isfinite(image).all() or image.min() < -0.05 or image.max() > 1.05:
        raise ValueError(
            f"{name} has values from {image.min():.3g} to {image.max():.3g}; floats are read as [0, 1]:"
            " divide by 255, or give uint8"
        )
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def checked_share(value, name: str) -> float:
    value = float(value)
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; give a share in [0, 1], not percent")
    return value


def check_lengths(**lists) -> None:
    lengths = {name: len(value) for name, value in lists.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {', '.join(f'{name} {n}' for name, n in lengths.items())}")
