"""Damaged pictures and videos: they are read, or refused by name, and nothing else happens."""

import io
import warnings

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from handvision.media.pictures import read_frames
from handvision.media.videos import read_video

from .damage import damaged

FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "MPO", "PNG", "PPM", "TIFF", "WEBP")


def picture(kind: str, mode: str) -> bytes:
    values = np.random.default_rng(0).integers(0, 255, (20, 24, 4), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    content = io.BytesIO()
    options = {"exif": exif} if kind in ("JPEG", "PNG", "TIFF", "WEBP") else {}
    Image.fromarray(values).convert("RGB").convert(mode).save(content, kind, **options)
    return content.getvalue()


def pages(kind: str) -> bytes:
    content = io.BytesIO()
    frames = [Image.new("RGB", (12, 10), (40 * k, 90, 30)) for k in range(3)]
    frames[0].save(content, kind, save_all=True, append_images=frames[1:], duration=40)
    return content.getvalue()


PICTURES = [picture(kind, "L" if kind == "PPM" else "RGB") for kind in FORMATS]
PICTURES += [picture("PNG", "P"), picture("PNG", "1"), picture("PNG", "I;16"), picture("JPEG", "CMYK")]
PICTURES += [pages(kind) for kind in ("GIF", "PNG", "TIFF", "WEBP")]


@given(data=damaged(PICTURES), suffix=st.sampled_from((".png", ".jpg", ".tif")))
def test_a_damaged_picture_is_read_or_refused_by_name(data, suffix, tmp_path):
    path = tmp_path / f"picture{suffix}"
    path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, of what it repairs
        try:
            for photo, _, _ in read_frames(path, max_megapixels=1):
                assert photo.dtype == np.uint8 and photo.shape[2] == 3 and photo.size
        except ValueError as error:
            assert str(error).startswith(f"{path}: ")


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    folder, found = tmp_path_factory.mktemp("videos"), []
    for name, codec in (("clip.mp4", "mp4v"), ("clip.avi", "MJPG")):
        writer = cv2.VideoWriter(str(folder / name), cv2.VideoWriter.fourcc(*codec), 10, (32, 24))
        for k in range(4):
            writer.write(np.full((24, 32, 3), 60 * k, np.uint8))
        writer.release()
        found.append((folder / name).read_bytes())
    return found


@given(choice=st.data(), suffix=st.sampled_from((".mp4", ".avi")))
def test_a_damaged_video_is_read_or_refused_by_name(choice, suffix, videos, tmp_path):
    path = tmp_path / f"clip{suffix}"
    path.write_bytes(choice.draw(damaged(videos)))
    try:
        for number, frame in enumerate(read_video(path)):
            assert frame.photo.dtype == np.uint8 and frame.photo.shape[2] == 3
            assert np.isfinite(frame.time_seconds)
            if number > 50:  # a header may promise frames without end
                break
    except ValueError as error:
        assert str(error).startswith(f"{path}: ")
