"""Frames of videos and animated pictures, and cameras."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from PIL import Image

from handvision.media import videos
from handvision.media.pictures import read_frames, read_picture
from handvision.media.sources import items_of, read_all
from handvision.media.videos import VIDEOS, read_video


def pictures(images):
    return list(read_all(*items_of(images)))


def clip(path, frames=6, fourcc="MJPG", size=(64, 48)):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*fourcc), 10, size)
    assert writer.isOpened()
    for i in range(frames):
        writer.write(np.full((size[1], size[0], 3), min(30 * i + 20, 255), np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("ending", VIDEOS)
def test_a_video_is_read_whatever_its_ending(tmp_path, ending):
    path = clip(tmp_path / "clip.avi").rename(tmp_path / f"clip{ending.upper()}")
    found = pictures(path)
    assert [(picture.frame, picture.source) for picture in found] == [(i, str(path)) for i in range(6)]
    assert [round(picture.time_seconds, 2) for picture in found] == [0, 0.1, 0.2, 0.3, 0.4, 0.5]


def test_a_name_with_colons_is_no_address(tmp_path, monkeypatch):
    clip(tmp_path / "clip.avi").rename(tmp_path / "12:30:05.avi")
    monkeypatch.chdir(tmp_path)
    assert len(pictures("12:30:05.avi")) == 6


def test_a_folder_and_a_wildcard_hold_videos_too(tmp_path, caplog):
    clip(tmp_path / "b.avi", 2)
    for name in ("a.png", "c.png", "c_overlay.jpg", "c_overlay_2.jpg", "._a.png", "Thumbs.db", "raw.cr2"):
        Image.new("RGB", (9, 9)).save(tmp_path / name, "png")
    names = [tmp_path / name for name in ("a.png", "b.avi", "b.avi", "c.png")]
    assert [picture.source for picture in pictures(tmp_path)] == list(map(str, names))
    assert "passed over 3: c_overlay.jpg, c_overlay_2.jpg, raw.cr2" in caplog.text
    assert [p.source for p in pictures(f"{tmp_path}/[ab].*")] == list(map(str, names[:3]))


def test_a_clip_that_is_cut_ends_with_what_was_wrong(tmp_path, caplog):
    path = clip(tmp_path / "cut.avi", 40)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    *frames, last = pictures(path)
    assert 5 < len(frames) < 38 and all(picture.photo is not None for picture in frames)
    assert last.photo is None and last.frame == len(frames)
    assert f"cut.avi: the video is cut off: it ends after {len(frames)} of 40 frames" in last.error


def test_pixels_that_are_not_square_are_stretched(monkeypatch, tmp_path):
    class Anamorphic:
        def __init__(self, video):
            self.video = video

        def get(self, what):
            known = {cv2.CAP_PROP_SAR_NUM: 16.0, cv2.CAP_PROP_SAR_DEN: 11.0}
            return known.get(what, self.video.get(what))

        def read(self):
            return self.video.read()

    with videos.open_video(clip(tmp_path / "pal.avi")) as video:
        frames = list(videos.frames_of(Anamorphic(video)))
    assert {frame.photo.shape for frame in frames} == {(48, round(64 * 16 / 11), 3)}


def test_a_video_that_only_pyav_can_decode(tmp_path, monkeypatch):
    path = clip(tmp_path / "av1.avi")
    monkeypatch.setattr(videos, "frames_of", lambda video: iter(()))  # as OpenCV does of codecs it lacks
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImportError, match=r"av1.avi.*codec 'MJPG'.*install PyAV.*handvision\[media\]"):
        list(read_video(path))
    monkeypatch.delitem(sys.modules, "av")
    pytest.importorskip("av")
    frames = list(read_video(path))
    assert [frame.number for frame in frames] == list(range(6))
    assert [round(frame.time_seconds, 2) for frame in frames] == [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert [round(frame.photo.mean()) for frame in frames] == pytest.approx(range(20, 200, 30), abs=3)


ENCODE_AV1 = """
import sys, av, numpy
with av.open(sys.argv[1], "w") as container:
    stream = container.add_stream("libsvtav1", rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
    for level in (40, 120, 200):
        picture = numpy.full((64, 64, 3), level, numpy.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    container.mux(stream.encode())
"""


def test_av1_is_read(tmp_path):
    pytest.importorskip("av")
    # In a process of its own: run by root, this encoder gives its caller the scheduler's realtime class, and
    # whatever that process does afterwards starves all others.
    path = tmp_path / "a.mp4"
    subprocess.run([sys.executable, "-c", ENCODE_AV1, path], check=True, capture_output=True)
    assert [frame.photo.mean() for frame in read_video(path)] == pytest.approx([40, 120, 200], abs=5)


def test_cameras_and_open_videos_are_sources(tmp_path):
    video = cv2.VideoCapture(str(clip(tmp_path / "clip.avi")))
    found = pictures(video)
    assert [picture.frame for picture in found] == list(range(6)) and found[0].source == "camera"
    with pytest.raises(ValueError, match="is not open"):
        pictures(cv2.VideoCapture())
    with pytest.raises(OSError, match="camera 97 cannot be opened"):
        pictures(97)


# --- frames of pictures -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "avif"])
def test_frames_of_an_animation_have_numbers_and_times(tmp_path, ending):
    frames = [Image.new("RGB", (16, 16), (level,) * 3) for level in (20, 120, 220)]
    options = {"lossless": True} if ending == "webp" else {}
    path = tmp_path / f"a.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=250, **options)
    found = list(read_frames(path))
    assert [round(photo.mean()) for photo, _, _ in found] == pytest.approx([20, 120, 220], abs=3)
    assert [(frame, seconds) for _, frame, seconds in found] == [(0, 0.0), (1, 0.25), (2, 0.5)]


def test_pages_of_a_tiff_are_frames_and_its_preview_is_none(tmp_path):
    from PIL import TiffImagePlugin

    pages = [Image.new("L", (16, 16), level) for level in (20, 120)]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    found = [(photo.mean(), frame, seconds) for photo, frame, seconds in read_frames(tmp_path / "scan.tif")]
    assert found == [(20, 0, None), (120, 1, None)]
    preview = Image.new("L", (4, 4), 9)
    with TiffImagePlugin.AppendingTiffWriter(str(tmp_path / "photo.tif"), True) as file:
        pages[1].save(file, format="TIFF")
        file.newFrame()
        preview.save(file, format="TIFF", tiffinfo={254: 1})
    ((photo, frame, _),) = read_frames(tmp_path / "photo.tif")
    assert photo.shape == (16, 16, 3) and frame is None


def test_a_picture_alone_has_no_frame(tmp_path):
    Image.new("RGB", (5, 4)).save(tmp_path / "a.gif")
    assert [(photo.shape, *rest) for photo, *rest in read_frames(tmp_path / "a.gif")] == [
        ((4, 5, 3), None, None)
    ]


def test_heic_is_read_or_says_what_to_install(tmp_path, monkeypatch):
    header = tmp_path / "phone.jpg"  # chats rename them
    header.write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(ValueError, match=r"phone.jpg.*needs pillow-heif: pip install 'handvision\[media\]'"):
        read_picture(header)
    monkeypatch.delitem(sys.modules, "pillow_heif")
    pillow_heif = pytest.importorskip("pillow_heif")
    with pytest.raises(ValueError, match=r"phone.jpg: no picture that can be read"):
        read_picture(header)
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 60, 20))).save(str(tmp_path / "a.heic"))
    photo = read_picture(tmp_path / "a.heic")
    assert photo.shape == (48, 64, 3) and np.abs(photo.mean(axis=(0, 1)) - (200, 60, 20)).max() < 6


def test_what_is_huge_is_refused_with_the_way_in(tmp_path):
    Image.new("1", (2000, 1500)).save(tmp_path / "wide.png")
    with pytest.raises(
        ValueError, match=r"wide.png.*2000 x 1500 pixels.*max_megapixels=3, or --max-megapixels 3"
    ):
        read_picture(tmp_path / "wide.png", max_megapixels=2.5)
    assert read_picture(tmp_path / "wide.png", max_megapixels=3).shape == (1500, 2000, 3)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells how much memory was used")
def test_large_photos_fit_into_little_memory(tmp_path):
    Image.effect_noise((8000, 6000), 9).convert("RGB").save(tmp_path / "0.jpg", quality=50)
    for i in range(1, 6):
        (tmp_path / f"{i}.jpg").hardlink_to(tmp_path / "0.jpg")
    code = (
        "import sys; from handvision.inference.predict import stream\n"
        "assert sum(photo.shape == (6000, 8000, 3) for photo, _ in stream(sys.argv[1])) == 6\n"
        # Not `ru_maxrss`, which a process inherits from the one that started it.
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert int(done.stdout) / 1024 < 1500
