"""Cards and the README quote the records: generated, and by nobody's hand."""

import re
from pathlib import Path

import pytest

from handvision.studies import cards
from handvision.studies.record import Record, Variant

REPOSITORY = Path(__file__).resolve().parents[2]

RECORDS = {
    "unet": Record(
        "unet",
        {"rendered": {"n": 1234, "iou": 0.8, "baseline": 0.5}},
        measurements={"off": 3.14159},
        recipe={"batch_size": 4, "phases": [{"steps": 10, "epochs": 2}, {"steps": 5, "epochs": 100}]},
        duration_seconds=3600,
    )
}


def test_the_committed_pages_are_what_the_records_give():
    for path, text in cards.render(REPOSITORY).items():
        same = path.read_text("utf-8") == text
        assert same, f"{path.name} is not what the records give: run `handvision study cards`"


@pytest.mark.parametrize("path", sorted((REPOSITORY / "models" / "cards").glob("*.md")), ids=lambda p: p.name)
def test_no_figure_is_typed_into_the_prose(path):
    # Measured shares and angles have a decimal; what was asked for, or claimed by others, has none.
    assert re.findall(r"\d\.\d+ (?:%|degrees)", path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{{unet.figures.rendered.iou|percent}}", "80.0 %"),
        ("{{ unet.figures.rendered.n | count }} photos", "1,234 photos"),
        ("{{unet.measurements.off|degrees}}", "3.1 degrees"),
        ("{{unet.duration_seconds|minutes}}", "60 minutes"),
        ("{{unet.recipe|pictures}}", "2,080"),
    ],
)
def test_placeholders_are_filled_from_the_records(template, filled):
    assert cards.fill(template, RECORDS) == filled


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("{{unet.figures.rendered.accuracy|percent}}", "there is no 'accuracy'; there are n, iou, baseline"),
        ("{{deeplab.seed|count}}", "there is no 'deeplab'; there are unet"),
        ("{{unet.seed.of|count}}", "there is no 'of'; it is a value"),
        ("{{unet.seed}}", "say after | how to format it"),
        ("{{unet.seed|roman}}", "say after | how to format it"),
        ("{{table:segmenters unet}}", "name a table"),
        ("{{table:segmenter vnet}}", "and a record"),
    ],
)
def test_a_placeholder_that_names_nothing_is_refused(template, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        cards.fill(template, RECORDS)


def test_the_readme_sets_mediapipe_beside_the_combined_model_where_it_was_measured():
    measured = {"hagrid_counts": {"n": 87, "accuracy": 0.9, "baseline": 0.3}}
    peer = {"hagrid_counts": {"n": 87, "accuracy": 0.77, "baseline": 0.3}}
    combined = cards._records(REPOSITORY / "models")["combined"]
    study = Record(
        "mediapipe_everyday",
        {},
        variants=[Variant("ours", measured), Variant("MediaPipe, rule", peer)],
    )
    table = cards._readme_table({"combined": combined, "mediapipe_everyday": study}).markdown().splitlines()
    assert "MediaPipe Hands" in table[0]
    (hagrid,) = [line for line in table if "HaGRID" in line]
    assert "77.0 %" in hagrid
    assert "MediaPipe" not in cards._readme_table({"combined": combined}).markdown()


def test_a_readme_without_its_markers_is_refused(tmp_path):
    (tmp_path / "models" / "cards").mkdir(parents=True)
    for name in ("introduction", "uses", "studies"):
        (tmp_path / "models" / "cards" / f"{name}.md").write_text(f"# {name}\n")
    (tmp_path / "README.md").write_text("# no table\n")
    with pytest.raises(ValueError, match="put both in"):
        cards.write(tmp_path)
    (tmp_path / "README.md").write_text(f"# a table\n{cards.BEGIN}\nold\n{cards.END}\nmore\n")
    assert {path.name for path in cards.write(tmp_path)} == {"README.md"}
    assert "old" not in (tmp_path / "README.md").read_text()
    assert (tmp_path / "README.md").read_text().endswith(f"{cards.END}\nmore\n")
    assert cards.write(tmp_path) == [], "nothing changed"
