"""Photos without colours, and hands in gloves."""

import numpy as np
import pytest

from handvision.imaging.appearance import CAMERAS, GLOVES, gloved, seen_by, unusual

SKIN = (200, 150, 120)


def photo_of_a_hand():
    """A hand of skin colour, lit from the left, before a blue wall."""
    photo = np.zeros((60, 80, 3), np.uint8)
    photo[:] = (60, 80, 140)
    mask = np.zeros((60, 80, 1), np.uint8)
    mask[15:45, 20:60] = 255
    light = np.linspace(1.2, 0.6, 40)[None, :, None]
    photo[15:45, 20:60] = (light * np.array(SKIN)).clip(0, 255)
    return photo, mask


@pytest.mark.parametrize("camera", CAMERAS)
def test_of_a_camera_without_colours_one_hue_is_left_and_light_stays(camera):
    photo, _ = photo_of_a_hand()
    seen = seen_by(photo, camera)
    assert seen.shape == photo.shape and seen.dtype == np.uint8
    if camera == "sepia":
        assert (seen[..., 0] >= seen[..., 1]).all() and (seen[..., 1] >= seen[..., 2]).all()
    else:
        assert (seen == seen[..., :1]).all()
    assert seen[30, 22, 0] > seen[30, 57, 0], "the bright side stays bright"
    assert seen[30, 40, 0] > seen[5, 5, 0], "skin is brighter than the wall"


def test_in_infrared_skin_stands_out_more_than_in_gray():
    photo, _ = photo_of_a_hand()

    def contrast(camera):
        seen = seen_by(photo, camera)[..., 0].astype(float)
        return seen[30, 40] - seen[5, 5]

    assert contrast("infrared") > contrast("gray") + 20


@pytest.mark.parametrize("glove", GLOVES)
def test_a_glove_has_its_colour_and_the_hands_light_and_the_rest_stays(glove):
    photo, mask = photo_of_a_hand()
    made = gloved(photo, mask, glove)
    np.testing.assert_array_equal(made[:10], photo[:10])
    inside = made[18:42, 23:57].astype(float)
    red, green, blue = inside.mean(axis=(0, 1))
    expected = {
        "white": min(red, green, blue) > 190,
        "black": max(red, green, blue) < 40,
        "blue": blue > 1.5 * max(red, green),
        "green": green > 1.5 * max(red, blue),
        "yellow": min(red, green) > 3 * blue,
        "wool": red > 1.4 * max(green, blue),
    }
    assert expected[glove], (red, green, blue)
    assert inside[:, :8].mean() > 1.2 * inside[:, -8:].mean(), "the bright side stays bright"


def test_wool_has_ribs_and_cloth_has_none():
    photo, mask = photo_of_a_hand()

    def roughness(glove):
        column = gloved(photo, mask, glove)[20:40, 40].astype(float).mean(axis=1)
        return column.std() / column.mean()

    assert roughness("wool") > 0.1 > 0.02 > roughness("green")


def test_without_a_hand_nothing_changes():
    photo, mask = photo_of_a_hand()
    np.testing.assert_array_equal(gloved(photo, np.zeros_like(mask), "blue"), photo)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda photo, mask: seen_by(photo, "x-ray"), "camera is 'x-ray'; use one of gray, sepia, infrared"),
        (lambda photo, mask: gloved(photo, mask, "leather"), "glove is 'leather'; use one of white, black"),
        (lambda photo, mask: gloved(photo, mask[:5], "blue"), r"the mask is \(5, 80\), the photo \(60, 80\)"),
    ],
)
def test_what_is_not_known_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(*photo_of_a_hand())


def test_unusual_photos_are_colourless_dark_pale_or_show_gloves():
    photo, mask = photo_of_a_hand()
    wall, hand = (slice(0, 10), slice(None)), (slice(18, 42), slice(23, 57))
    kinds = set()
    for seed in range(60):
        made = unusual(photo, mask, np.random.default_rng(seed))
        assert made.shape == photo.shape and made.dtype == np.uint8
        if (made[wall] == photo[wall]).all():
            assert (made[hand] != photo[hand]).any()
            kinds.add("gloves")
        elif made.mean() < 0.75 * photo.mean():
            kinds.add("dark")
        elif np.ptp(made[wall] / made[wall].max(axis=-1, keepdims=True), axis=(0, 1)).max() < 0.02:
            kinds.add("one hue")
        else:
            kinds.add("pale")
    assert kinds == {"gloves", "dark", "one hue", "pale"}


def test_where_no_mask_is_known_nobody_wears_gloves():
    photo, _ = photo_of_a_hand()
    for seed in range(30):
        made = unusual(photo, None, np.random.default_rng(seed))
        assert (made[:10] != photo[:10]).any()
        np.testing.assert_array_equal(made, unusual(photo, None, np.random.default_rng(seed)))
