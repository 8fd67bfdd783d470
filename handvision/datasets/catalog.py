"""The data sets that the suite knows, one row each.

Adding a data set is adding a row here, a file in `readers/`, and a line in `protocol.partitions`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kaggle:
    """A data set on Kaggle. `version` None takes the newest: ours do not publish what they were."""

    handle: str
    version: int | None = None

    @property
    def page(self) -> str:
        return f"https://www.kaggle.com/datasets/{self.handle}"

    @property
    def slug(self) -> str:
        return self.handle.split("/")[1]


@dataclass(frozen=True)
class Web:
    """Zip files at fixed addresses, and the page that a person would open.

    No address where the pictures were chosen from larger sets: then only an archive has them.
    """

    urls: tuple[str, ...]
    page: str


@dataclass(frozen=True)
class Content:
    """One kind of file in an archive, found by its name alone.

    Attributes:
        what: the kind, as readers ask for it ("photos", "masks").
        pattern: a regular expression that ends at the file's path. Folders above what it names do not
            matter, and two files with the same groups are one file that was packed twice.
        original: how many the authors' own archive has (a lower bound where they don't say).
        subset: how many the reduced archive has that travels with this project.
    """

    what: str
    pattern: str
    original: int
    subset: int


@dataclass(frozen=True)
class Dataset:
    """A row of the catalog.

    Attributes:
        name: the key in CATALOG and the folder below `data/`.
        archive: the zip file's name in a folder of archives (HANDVISION_ARCHIVES).
        contents: what must be in it, by name and number.
        fingerprint: of the reduced copy, see `download.provenance`; "" where none is known.
        folders: names that a copy unpacked by hand may have.
    """

    name: str
    title: str
    source: Kaggle | Web
    licence: str
    citation: str
    archive: str
    contents: tuple[Content, ...]
    fingerprint: str = ""
    folders: tuple[str, ...] = field(default=())

    def sort_out(self, paths: Iterable[str]) -> dict[str, dict[tuple[str, ...], str]]:
        """Which of `paths` (relative, with "/") are this data set's: what -> {groups: path}.

        In reading order: frame 2 comes before frame 10.
        """
        found: dict[str, dict[tuple[str, ...], str]] = {content.what: {} for content in self.contents}
        patterns = [
            (content.what, re.compile(r"(?:^|/)" + content.pattern, re.I)) for content in self.contents
        ]
        for path in paths:
            for what, pattern in patterns:
                if match := pattern.search(path):
                    found[what].setdefault(match.groups(), path)
        return {what: dict(sorted(files.items(), key=_reading_order)) for what, files in found.items()}

    def judge(self, found: dict[str, dict]) -> str:
        """Says what `found` (of `sort_out`) is: "original", "subset", "mixed", "incomplete: ..." or "".

        Every kind must be complete. Nothing at all gives "", so that a stranger's zip is passed over.
        """
        counts = {content.what: len(found[content.what]) for content in self.contents}
        if not any(counts.values()):
            return ""
        short, kinds = [], set()
        for content in self.contents:
            count = counts[content.what]
            if count >= content.original:
                kinds.add("original" if content.original != content.subset else "either")
            elif count == content.subset:
                kinds.add("subset")
            else:
                wanted = " or ".join(str(n) for n in sorted({content.original, content.subset}, reverse=True))
                short.append(f"{count} {content.what} instead of {wanted}")
        if short:
            return "incomplete: " + ", ".join(short)
        kinds.discard("either")
        return kinds.pop() if len(kinds) == 1 else ("mixed" if kinds else "original")


def _reading_order(item: tuple[tuple[str, ...], str]) -> list:
    """Numbers by value, words by letter: re.split gives words at even places and numbers at odd ones."""
    parts = re.split(r"(\d+)", "/".join(item[0]))
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _github(repository: str, *commits: str) -> Web:
    page = f"https://github.com/{repository}"
    return Web(tuple(f"{page}/archive/{commit}.zip" for commit in commits), page)


def _chosen(repository: str, commit: str) -> Web:
    """Pictures that were chosen from a repository: it has more of them, and in another form."""
    return Web((), f"https://github.com/{repository}/tree/{commit}")


_HGR1 = "https://sun.aei.polsl.pl/~mkawulok/gestures/"

_ROWS = (
    Dataset(
        name="finger_digits",
        title="Finger Digits 0-5",
        source=Kaggle("roshea6/finger-digits-05"),
        licence="see the Kaggle page; the author's public repository names none",
        citation="R. O'Shea: Finger Digits 0-5. Kaggle data set roshea6/finger-digits-05.",
        archive="finger-digits-05.zip",
        fingerprint="d1f3d7b18da93f21a145151b7f617f73fcddd26b8b19ac73770e4ecc048835a4",
        contents=(Content("masks", r"(\d+)_([0-5])\.png$", 12_006, 12_006),),
    ),
    Dataset(
        name="hand_gestures",
        title="Hand Gesture Recognition Dataset",
        source=Kaggle("aryarishabh/hand-gesture-recognition-dataset"),
        licence="see the Kaggle page",
        citation="A. Rishabh: Hand Gesture Recognition Dataset. "
        "Kaggle data set aryarishabh/hand-gesture-recognition-dataset.",
        archive="hand-gesture-recognition-dataset.zip",
        fingerprint="bd45e5c534a0e6082bbdc5a8f26730a6e03bfecd51c8f9c9a4b5bb39f10e8d24",
        contents=(Content("masks", r"(train|test)/(1?\d)/(\d+)\.(?:jpe?g|png)$", 24_000, 24_000),),
    ),
    Dataset(
        name="sign_language_digits",
        title="Sign Language Digits",
        source=_github("ardamavi/Sign-Language-Digits-Dataset", "4b09433"),
        licence="Apache-2.0",
        citation="A. Mavi, Z. Dikle: Sign Language Digits Dataset. "
        "Turkey Ankara Ayranci Anadolu High School, 2017.",
        archive="sign-language-digits.zip",
        fingerprint="5d815a12fd10d53f5c4c0938d487bb18ce11aee7fdddfdecc207f400fab87e18",
        contents=(Content("photos", r"(\d)/IMG_(\d+)\.jpe?g$", 2_062, 1_573),),
        folders=("Sign-Language-Digits-Dataset-master", "Sign-Language-Digits-Dataset"),
    ),
    Dataset(
        name="hands_dataset",
        title="HandsDataset",
        source=_github("SubhiH/HandsDataset", "73228cb"),
        licence="Apache-2.0",
        citation="SubhiH: HandsDataset. GitHub, 2018.",
        archive="hands-dataset.zip",
        fingerprint="c4854a3b2d11ff8e968e188eef63edce039620d1330600874ada9362ad83895f",
        contents=(
            Content("photos", r"images/(train|test)/([^/]+)\.jpe?g$", 1_557, 1_106),
            Content("tables", r"data/(train|test)_labels\.csv$", 2, 2),
        ),
        folders=("HandsDataset-master", "HandsDataset"),
    ),
    Dataset(
        name="finger_counting",
        title="Human-Robot Finger-Counting Dataset",
        source=_github("EPSRC-NUMBERS/Human-Robot_Finger-Counting_Dataset", "94e7f61"),
        licence="CC BY-SA 4.0",
        citation="S. Davies, A. Lucas, C. Ricolfe-Viala, A. Di Nuovo: A database for learning numbers by "
        "visual finger recognition in developmental neuro-robotics. Frontiers in Neurorobotics 15:619504, "
        "2021.",
        archive="finger-counting.zip",
        fingerprint="361820bab446a94478d29eb7f4137a34b33280890c245dea0ab60de08607023f",
        contents=(
            # 2,344 in two recordings; the authors don't say whether the two empty frames count.
            Content("raw photos", r"Raw_Images/Human/(Set\d)/([1-5])/([^/]+)\.jpe?g$", 2_340, 1_439),
            Content("empty frames", r"Raw_Images/Human/(Set\d)/0/([^/]+)\.jpe?g$", 2, 1),
            Content(
                "composites",
                r"Human_Fingers_1000_200_200/(training|testing)_set/silhouettes/([a-z]+)_(\d+)\.jpe?g$",
                1_200,
                1_200,
            ),
            Content(
                "composite masks",
                r"Human_Fingers_1000_200_200/(training|testing)_set/silhouettes/([a-z]+)_(\d+)\.png$",
                1_200,
                1_200,
            ),
            Content("offices", r"Backgrounds/Office/(\d+)\.jpe?g$", 41, 31),
        ),
        folders=("Human-Robot_Finger-Counting_Dataset-master", "Human-Robot_Finger-Counting_Dataset"),
    ),
    Dataset(
        name="hgr1",
        title="HGR1 (database for hand gesture recognition)",
        source=Web((_HGR1 + "hgr1_images.zip", _HGR1 + "hgr1_skin.zip"), _HGR1),
        licence="research use; cite the authors",
        citation="M. Kawulok, J. Kawulok, J. Nalepa, B. Smolka: Self-adaptive algorithm for segmenting skin "
        "regions. EURASIP Journal on Advances in Signal Processing 2014:170.",
        archive="hgr1.zip",
        fingerprint="e2fd3c980aa0ff84416ed5f812a0ca152f936b4a169a24c649beace6fd1e1fed",
        contents=(
            Content("photos", r"([^/_]+)_P_hgr1_id(\d+)_(\d+)\.jpe?g$", 899, 60),
            Content("masks", r"skin_masks/([^/_]+)_P_hgr1_id(\d+)_(\d+)\.(?:bmp|png)$", 899, 60),
        ),
    ),
    Dataset(
        name="massey",
        title="Massey University 2D static hand gestures",
        source=_github("snrao310/ASL-Finger-Spelling-Recognition", "5d1f82a"),
        licence="research use; cite the authors",
        citation="A. L. C. Barczak, N. H. Reyes, M. Abastillas, A. Piccio, T. Susnjak: A new 2D static hand "
        "gesture colour image dataset for ASL gestures. Research Letters in the Information and "
        "Mathematical Sciences 15, 2011.",
        archive="massey-hand-gestures.zip",
        fingerprint="4ed01b8e061a4e20cb0eaa81eab176824bbc70b88b8e682ec22101258ea5bdf0",
        contents=(
            Content(
                "photos",
                r"asl_dataset/[0-9a-z]/hand(\d+)_([0-9a-z])_([a-z]+)_seg_(\d+)_cropped\.jpe?g$",
                2_515,
                2_515,
            ),
        ),
        folders=("asl_dataset", "ASL-Finger-Spelling-Recognition-master"),
    ),
    Dataset(
        name="houses",
        title="Houses dataset (rooms without people)",
        source=_github("emanhamed/Houses-dataset", "5e14821"),
        licence="cite the paper",
        citation="E. Ahmed, M. Moustafa: House price estimation from visual and textual features. "
        "IJCCI 2016, pages 62-68.",
        archive="houses.zip",
        fingerprint="29333923ad35eab7ec458e1dd7603d0420f8165873ed9449c84d8137b677f1cf",
        contents=(Content("photos", r"(\d+)_(bathroom|bedroom|frontal|kitchen)\.jpe?g$", 2_140, 800),),
        folders=("Houses-dataset-master", "Houses Dataset"),
    ),
    Dataset(
        name="hagrid",
        title="HaGRID in small form",
        source=_github("andrewchen3019/vlm-edge-hagrid", "7f160f4", "7fbba98", "0868cda"),
        licence="CC BY-SA 4.0",
        citation="A. Kapitanov, K. Kvanchiani, A. Nagaev, R. Kraynov, A. Makhliarchuk: HaGRID - HAnd Gesture "
        "Recognition Image Dataset. WACV 2024, pages 4572-4581.",
        archive="hagrid-small.zip",
        fingerprint="82b92a8d808e26e7d69cb73ca28cb1a478664993e8d39b0e36ca9bdca1b2308f",
        contents=(
            # The repository has other sizes and crops of the same photos, too.
            Content(
                "photos",
                r"(photos|hagrid_day1|hagrid_380_resize336|hagrid_balanced20_resize336)/(?:images/)?"
                r"([a-z0-9_]+)/\2_(\d+)\.jpe?g$",
                625,
                316,
            ),
        ),
    ),
    Dataset(
        name="hand_gesture_yolov8",
        title="Hand Gesture Recognition v6",
        source=_github("dwivedi1997/Hand-Gesture-YOLOv8", "fd63231"),
        licence="CC BY 4.0",
        citation="Lebanese University: Hand Gesture Recognition, version 6. Roboflow Universe, 2023.",
        archive="hand-gesture-yolov8.zip",
        fingerprint="87a2e0293fe40c9812698a64054d9b0f5150077a9dd0d3e7b0b4124efbd5a0a9",
        contents=(
            Content("photos", r"(?:photos|(?:train|valid|test)/images)/([^/]+)\.jpg$", 839, 839),
            # A text file for each photo, or one table.
            Content("labels", r"(labels\.csv|(?:train|valid|test)/labels/[^/]+\.txt)$", 839, 1),
        ),
    ),
    Dataset(
        name="ten_people",
        title="Hand-dataset of ten people",
        source=_github("anthoniusadi/Hand-dataset", "02a4da0"),
        licence="none stated: local use",
        citation="anthoniusadi: Hand-dataset. GitHub.",
        archive="hand-dataset-ten-people.zip",
        fingerprint="b32f4eef1b43d3f0a1746664ea1f4705c6681ec5375da2fc736f1206c906c7e7",
        contents=(Content("photos", r"(?:hand|photos)/([a-z]+)/([a-z]+)(\d+)\.jpg$", 1_100, 380),),
    ),
    Dataset(
        name="eduart",
        title="EduArt gesture_dataset",
        source=_github("EduArt-Robotik/gesture_dataset", "1cef424"),
        licence="none stated: local use",
        citation="EduArt Robotik: gesture_dataset. GitHub.",
        archive="eduart-gestures.zip",
        fingerprint="78faf4769825a1f24852d263207719e23bcb3678530097b2d3681e623b2ffa70",
        contents=(
            Content(
                "photos",
                r"images/(?=frame|thumbs)(frame2|frame|)_?(up|left|right|stop|no_gesture|thumbs_up|)_?(\d+)\.jpg$",
                2_000,
                363,
            ),
            Content(
                "boxes",
                r"labels/(?=frame|thumbs)(frame2|frame|)_?(up|left|right|stop|no_gesture|thumbs_up|)_?(\d+)\.txt$",
                2_000,
                363,
            ),
        ),
    ),
    Dataset(
        name="people_without_hands",
        title="People without hands",
        source=_chosen("bearpaw/clothing-co-parsing", "fe34fb7"),
        licence="mixed, see sources.csv; local use",
        citation="Chosen from Clothing Co-Parsing (W. Yang, P. Luo, L. Lin, CVPR 2014), Face-Mask-Detection, "
        "Human-Segmentation-Dataset, FASSEG and Rock Paper Scissors SXSW.",
        archive="people-without-hands.zip",
        fingerprint="2bf12b352ee5d9141870b4b5fe23a63ef47ca7f96697157dd2ccd73f0f9228a5",
        contents=(
            Content(
                "photos",
                r"(street_head|street_legs|portraits|portraits_wide|faces_plain|webcam|rooms)"
                r"/([^/]+)\.jpe?g$",
                1_055,
                1_055,
            ),
            Content("tables", r"(sources)\.csv$", 1, 1),
        ),
    ),
    Dataset(
        name="clothing_co_parsing",
        title="Clothing Co-Parsing",
        source=_chosen("bearpaw/clothing-co-parsing", "fe34fb7"),
        licence="Apache-2.0 repository",
        citation="W. Yang, P. Luo, L. Lin: Clothing co-parsing by joint image segmentation and labeling. "
        "CVPR 2014, pages 3182-3189.",
        archive="clothing-co-parsing.zip",
        fingerprint="375aae3882d54e6dc20235ee1f02df017093d37451407aae7e035233acd49854",
        contents=(
            Content("photos", r"photos/(\d{4})\.jpe?g$", 189, 189),
            Content("labels", r"labels/(\d{4})\.png$", 189, 189),
        ),
    ),
    Dataset(
        name="rock_paper_scissors",
        title="Rock Paper Scissors SXSW",
        source=_chosen("wuqi789/yolov10-1", "7bbf745"),
        licence="unclear; a mirror says CDLA-Sharing-1.0: local use",
        citation="Rock Paper Scissors SXSW, version 14. Roboflow Universe, 2022.",
        archive="rock-paper-scissors-sxsw.zip",
        fingerprint="3f6b2ea05a546a8b386ce0f5356984a75607f6d22d50483efa8add2c23ee2ce8",
        contents=(
            Content("photos", r"images/([^/]+)\.jpe?g$", 1_196, 1_196),
            Content("boxes", r"labels/([^/]+)\.txt$", 1_196, 1_196),
            Content("tables", r"(frames)\.csv$", 1, 1),
        ),
    ),
    Dataset(
        name="people_photos",
        title="Photos of people",
        source=_chosen("brianhuster/human-dataset", "9d1b33d"),
        licence="Open Images CC BY, the rest local use, see TERMS.txt",
        citation="Chosen from Caltech 10,000 Web Faces (A. Angelova, Y. Abu-Mostafa, P. Perona, CVPR 2005), "
        "Open Images, COCO, Flickr8k, Human-Segmentation-Dataset, smoking-detection and Person-Tracker.",
        archive="people-photos.zip",
        fingerprint="062e20258dd2e89058b651b9f342eb0cf2cca82558a3c45737166b6e9dcb3bf4",
        contents=(
            Content(
                "photos",
                r"(webfaces|webfaces-nohand|openimages|coco|indoor|celebrity|smoking|mixed)/([^/]+)\.jpe?g$",
                1_970,
                1_970,
            ),
            Content("teacher", r"(teacher)\.jsonl$", 1, 1),
        ),
    ),
)

CATALOG: dict[str, Dataset] = {row.name: row for row in _ROWS}


def row(name: str) -> Dataset:
    """The catalog's row of `name`.

    Raises:
        ValueError: there is no such data set; the message lists those that there are.
    """
    try:
        return CATALOG[name]
    except KeyError:
        raise ValueError(f"no data set {name!r}; there are {', '.join(CATALOG)}") from None
