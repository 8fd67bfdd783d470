"""The real download code against a stand-in for Kaggle and the web on loopback."""

import dataclasses
import errno
import io
import os
import shutil
import stat
import threading
import zipfile
from pathlib import Path

import pytest

from handvision.datasets import catalog, copies, download, transfer, unpacking
from handvision.datasets.errors import DataUnavailable
from handvision.datasets.load import load
from tests.helpers.archives import packed, small_archive

KAGGLE_SET = "finger_digits"
HANDLE = "roshea6/finger-digits-05"


def leftovers(folder: Path) -> list[str]:
    """What lies in `data/` beside complete data sets and locks."""
    return [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != ".lock"
        and not (folder / path.relative_to(folder).parts[0] / copies.MARKER).exists()
    ]


@pytest.mark.parametrize("name", list(catalog.CATALOG))
def test_every_data_set_downloads_and_is_marked_complete(kaggle, data_folder, name):
    folder = download.fetch(name)
    assert folder == data_folder / name
    found = catalog.CATALOG[name].sort_out(copies.files_below(folder))
    assert catalog.CATALOG[name].judge(found) == "subset"
    assert download.provenance(name)["files"] == sum(len(files) for files in found.values())
    assert leftovers(data_folder) == []


def test_second_fetch_asks_nobody(kaggle, data_folder):
    download.fetch(KAGGLE_SET)
    asked = len(kaggle.log)
    assert download.fetch(KAGGLE_SET) == download.find(KAGGLE_SET)
    assert len(kaggle.log) == asked


def test_find_never_downloads(kaggle, data_folder):
    assert download.find(KAGGLE_SET) is None
    assert kaggle.log == []


def test_cut_connection_goes_on_where_it_stopped(kaggle, data_folder):
    size = len(kaggle.datasets[HANDLE])
    kaggle.cuts = [size // 300 * 100]
    folder = download.fetch(KAGGLE_SET)
    assert catalog.CATALOG[KAGGLE_SET].judge(catalog.CATALOG[KAGGLE_SET].sort_out(copies.files_below(folder)))
    assert f"bytes={size // 300 * 100}-" in kaggle.downloads()


def test_next_run_goes_on_where_the_last_was_cut(kaggle, data_folder, monkeypatch):
    monkeypatch.setattr(transfer, "ATTEMPTS", 1)
    size = len(kaggle.datasets[HANDLE])
    kaggle.cuts = [size // 200 * 100]
    with pytest.raises(DataUnavailable, match=r"cut .* goes on from there"):
        download.fetch(KAGGLE_SET)
    download.fetch(KAGGLE_SET)
    assert kaggle.downloads()[-1] == f"bytes={size // 200 * 100}-"


def test_part_of_another_version_is_not_continued(kaggle, data_folder, monkeypatch):
    monkeypatch.setattr(transfer, "ATTEMPTS", 1)
    kaggle.cuts = [500]
    with pytest.raises(DataUnavailable):
        download.fetch(KAGGLE_SET)
    # The owner uploads a new version in between.
    kaggle.datasets[HANDLE] = packed({**small_archive(KAGGLE_SET), "note.txt": b"version 2"})
    download.fetch(KAGGLE_SET)
    assert kaggle.downloads()[-1] is None


def test_planted_part_is_caught_by_its_hash(kaggle, data_folder, monkeypatch):
    monkeypatch.setattr(transfer, "ATTEMPTS", 1)
    kaggle.cuts = [500]
    with pytest.raises(DataUnavailable):
        download.fetch(KAGGLE_SET)
    part = next((data_folder / ".downloads").glob("*.part"))
    part.write_bytes(b"x" * 500)
    with pytest.raises(DataUnavailable, match=r"MD5 differs .*earlier run.*deleted"):
        download.fetch(KAGGLE_SET)
    download.fetch(KAGGLE_SET)


def test_corrupted_body_is_refused_and_deleted(kaggle, data_folder):
    kaggle.corrupt = True
    with pytest.raises(DataUnavailable, match=r"Finger Digits.*MD5 differs.*run this again.*By hand"):
        download.fetch(KAGGLE_SET)
    assert not list(data_folder.rglob("*.part"))
    kaggle.corrupt = False
    download.fetch(KAGGLE_SET)


def test_corrupted_body_without_a_hash_is_caught_when_unpacked(kaggle, data_folder):
    path = next(path for path in kaggle.files if "houses" in path)
    whole = kaggle.files[path]
    kaggle.files[path] = whole[:200] + bytes(byte ^ 255 for byte in whole[200:230]) + whole[230:]
    with pytest.raises(DataUnavailable, match=r"corrupted"):
        download.fetch("houses")
    assert leftovers(data_folder) == [] and not (data_folder / "houses").exists()


@pytest.mark.parametrize("client", ["kagglehub", "kaggle"])
def test_wrong_credentials_say_what_to_correct(kaggle, data_folder, monkeypatch, client):
    use_client(monkeypatch, client)
    monkeypatch.setenv("KAGGLE_API_TOKEN", "wrong-token")
    with pytest.raises(DataUnavailable, match=r"refused the credentials.*401.*KAGGLE_API_TOKEN.*no account"):
        download.fetch(KAGGLE_SET)


@pytest.mark.parametrize("client", ["kagglehub", "kaggle"])
def test_right_credentials_are_used(kaggle, data_folder, monkeypatch, client):
    use_client(monkeypatch, client)
    monkeypatch.setenv("KAGGLE_API_TOKEN", kaggle.token)
    assert download.fetch(KAGGLE_SET).is_dir()


def test_kaggle_client_without_credentials_says_so(kaggle, data_folder, monkeypatch, capsys):
    use_client(monkeypatch, "kaggle")
    with pytest.raises(DataUnavailable, match="no valid credentials"):
        download.fetch(KAGGLE_SET)


def test_kaggle_client_has_its_hash_checked_by_us(kaggle, data_folder, monkeypatch):
    use_client(monkeypatch, "kaggle")
    monkeypatch.setenv("KAGGLE_API_TOKEN", kaggle.token)
    kaggle.corrupt = True
    with pytest.raises(DataUnavailable, match="MD5 differs"):
        download.fetch(KAGGLE_SET)


def test_unknown_kaggle_client(kaggle, data_folder, monkeypatch):
    monkeypatch.setenv("HANDVISION_KAGGLE_CLIENT", "curl")
    with pytest.raises(DataUnavailable, match="'curl'; use 'kagglehub' or 'kaggle'"):
        download.fetch(KAGGLE_SET)


def test_broken_kaggle_json(kaggle, data_folder, monkeypatch):
    folder = data_folder.parent / "config"
    folder.mkdir()
    (folder / "kaggle.json").write_text("{")
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(folder))
    with pytest.raises(DataUnavailable, match=r"Invalid Kaggle credentials file.*no account"):
        download.fetch(KAGGLE_SET)


@pytest.mark.parametrize("name", [KAGGLE_SET, "houses"])
def test_data_set_that_does_not_exist(kaggle, data_folder, name):
    kaggle.datasets.clear()
    kaggle.files.clear()
    with pytest.raises(DataUnavailable, match=r"no such data set at http.*404.*By hand"):
        download.fetch(name)


@pytest.mark.slow
def test_busy_server_is_asked_again(kaggle, data_folder):
    kaggle.status = [429, 503]
    assert download.fetch(KAGGLE_SET).is_dir()


def test_no_connection_names_the_page_and_the_file(kaggle, data_folder, monkeypatch):
    monkeypatch.setattr(transfer, "ATTEMPTS", 2)
    kaggle.close()
    try:
        with pytest.raises(
            DataUnavailable, match=r"cut 2 times.*kaggle\.com/datasets/roshea6.*finger-digits-05\.zip"
        ):
            download.fetch(KAGGLE_SET)
    finally:
        kaggle.__init__()  # for the fixture to close


def test_disk_full_while_downloading_leaves_nothing(kaggle, data_folder, monkeypatch):
    monkeypatch.setattr(transfer, "open", full_disk(100), raising=False)
    with pytest.raises(DataUnavailable, match=r"disk is full.*HANDVISION_DATA_FOLDER"):
        download.fetch(KAGGLE_SET)
    monkeypatch.undo()
    assert not list(data_folder.rglob("*.part"))


def test_disk_full_while_unpacking_leaves_nothing(kaggle, data_folder, monkeypatch):
    def full(source, out):
        out.write(source.read(10))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(unpacking.shutil, "copyfileobj", full)
    with pytest.raises(DataUnavailable, match=r"disk is full.*half written is gone"):
        download.fetch(KAGGLE_SET)
    assert leftovers(data_folder) == []


def test_too_small_disk_is_noticed_before_unpacking(kaggle, data_folder, monkeypatch):
    usage = unpacking.shutil.disk_usage(data_folder)
    monkeypatch.setattr(unpacking.shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(DataUnavailable, match=r"needs [\d,]+ bytes, .* has 10 bytes free"):
        download.fetch(KAGGLE_SET)


@pytest.mark.parametrize("evil", ["../evil_1.png", "/tmp/evil_1.png", "a/../../evil_1.png", "C:\\evil_1.png"])
def test_path_that_leads_outside_is_refused(kaggle, data_folder, evil):
    kaggle.datasets[HANDLE] = packed({**small_archive(KAGGLE_SET), evil: b"evil"})
    with pytest.raises(DataUnavailable, match=r"not unpacked: the path .* leads outside"):
        download.fetch(KAGGLE_SET)
    assert not list(data_folder.parent.rglob("evil*"))
    assert leftovers(data_folder) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (stat.S_IFLNK, "'3_1.png' is a link"),
        (stat.S_IFCHR, "is a device, pipe or socket"),
        (stat.S_IFBLK, "is a device, pipe or socket"),
        (stat.S_IFIFO, "is a device, pipe or socket"),
    ],
)
def test_what_is_neither_file_nor_folder_in_a_zip_is_refused(kaggle, data_folder, kind, words):
    stream = io.BytesIO(packed(small_archive(KAGGLE_SET)))
    with zipfile.ZipFile(stream, "a") as archive:
        member = zipfile.ZipInfo("3_1.png")
        member.external_attr = (kind | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    kaggle.datasets[HANDLE] = stream.getvalue()
    with pytest.raises(DataUnavailable, match=words):
        download.fetch(KAGGLE_SET)
    assert leftovers(data_folder) == []


def test_zip_bomb_is_refused_before_a_byte_is_written(kaggle, data_folder):
    kaggle.datasets[HANDLE] = packed({**small_archive(KAGGLE_SET), "99_1.png": bytes(70 << 20)})
    with pytest.raises(DataUnavailable, match="zip bomb"):
        download.fetch(KAGGLE_SET)
    assert leftovers(data_folder) == []


def test_missing_files_are_counted(kaggle, data_folder):
    files = small_archive(KAGGLE_SET)
    files.pop("training_images/0_3.png")
    kaggle.datasets[HANDLE] = packed(files)
    with pytest.raises(DataUnavailable, match="incomplete: 23 masks instead of 48 or 24"):
        download.fetch(KAGGLE_SET)
    assert not (data_folder / KAGGLE_SET).exists()


def test_login_page_instead_of_a_zip(kaggle, data_folder):
    kaggle.datasets[HANDLE] = b"<html>please log in to this network</html>" * 3
    with pytest.raises(DataUnavailable, match=r"corrupted .*not a zip"):
        download.fetch(KAGGLE_SET)


@pytest.mark.parametrize("file", ["finger-digits-05.zip", "finger_digits.zip", "archive (1).zip"])
def test_zip_dropped_by_hand_counts(kaggle, data_folder, file):
    (data_folder / file).write_bytes(packed(small_archive(KAGGLE_SET)))
    assert download.find(KAGGLE_SET) == data_folder / KAGGLE_SET
    assert download.find("houses") is None
    assert kaggle.log == []


def test_two_zips_of_one_set_dropped_by_hand(kaggle, data_folder):
    (data_folder / "hgr1_images.zip").write_bytes(kaggle.files["/hgr1_images.zip"])
    assert download.find("hgr1") is None
    (data_folder / "hgr1_skin.zip").write_bytes(kaggle.files["/hgr1_skin.zip"])
    assert download.find("hgr1") == data_folder / "hgr1"


def test_root_folder_of_an_archive_does_not_matter(data_folder):
    files = {f"some/other/root/{name}": data for name, data in small_archive("houses").items()}
    (data_folder / "houses.zip").write_bytes(packed(files))
    assert download.find("houses")


def test_folder_unpacked_by_hand_is_used_where_it_is(data_folder):
    unpack(data_folder / "finger-digits-05", small_archive(KAGGLE_SET))
    assert download.find(KAGGLE_SET) == data_folder / "finger-digits-05"
    assert download.provenance(KAGGLE_SET)["files"] == 24


def test_half_a_folder_unpacked_by_hand_is_an_error(data_folder):
    unpack(data_folder / "finger_digits", dict(list(small_archive(KAGGLE_SET).items())[:5]))
    with pytest.raises(DataUnavailable, match="incomplete: 5 masks"):
        download.find(KAGGLE_SET)


def test_places_are_searched_in_order(data_folder, tmp_path, monkeypatch):
    archives, on_kaggle = tmp_path / "archives", tmp_path / "kaggle-input"
    unpack(on_kaggle / "finger-digits-05", small_archive(KAGGLE_SET))
    assert download.find(KAGGLE_SET) == on_kaggle / "finger-digits-05"
    archives.mkdir()
    (archives / "finger-digits-05.zip").write_bytes(packed(small_archive(KAGGLE_SET)))
    os.chmod(archives, 0o555)
    monkeypatch.setenv("HANDVISION_ARCHIVES", str(archives))
    assert download.find(KAGGLE_SET) == data_folder / KAGGLE_SET
    assert str(archives) in download.provenance(KAGGLE_SET)["from"]
    monkeypatch.setenv("HANDVISION_ARCHIVES", str(on_kaggle))
    assert download.find(KAGGLE_SET) == data_folder / KAGGLE_SET


def test_what_kaggle_attaches_is_read_and_stays_as_it_is(data_folder, tmp_path):
    attached = tmp_path / "kaggle-input"  # read-only there
    unpack(attached / "finger-digits-05", small_archive(KAGGLE_SET))
    before = {path: path.stat().st_mtime_ns for path in (attached, *attached.rglob("*"))}
    assert len(load(KAGGLE_SET)) == 24
    assert {path: path.stat().st_mtime_ns for path in (attached, *attached.rglob("*"))} == before


def test_kagglehubs_own_cache_is_used(data_folder, tmp_path):
    base = tmp_path / "kagglehub" / "datasets" / HANDLE
    for version in ("2", "10"):
        unpack(base / "versions" / version, small_archive(KAGGLE_SET))
        (base / f"{version}.complete").touch()
    assert download.find(KAGGLE_SET) == base / "versions" / "10"


def test_archive_folder_that_does_not_exist(data_folder, monkeypatch):
    monkeypatch.setenv("HANDVISION_ARCHIVES", "/nowhere/at/all")
    with pytest.raises(DataUnavailable, match="HANDVISION_ARCHIVES is '/nowhere/at/all'"):
        download.find(KAGGLE_SET)


def test_damaged_folder_is_noticed(kaggle, data_folder):
    folder = download.fetch(KAGGLE_SET)
    next(folder.rglob("*.png")).unlink()
    with pytest.raises(DataUnavailable, match=r"23 of the 24 files.*Delete that folder"):
        download.find(KAGGLE_SET)


def test_two_at_once_download_once(kaggle, data_folder):
    results = []
    threads = [threading.Thread(target=lambda: results.append(download.fetch(KAGGLE_SET))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [data_folder / KAGGLE_SET] * 4
    assert len(kaggle.downloads()) == 1


def test_rest_of_a_killed_process_is_swept_away(kaggle, data_folder):
    unpack(data_folder / f".{KAGGLE_SET}.unpacking-dead", {"0_1.png": b"half"})
    download.fetch(KAGGLE_SET)
    assert not list(data_folder.glob(".*unpacking*"))


def test_fingerprint_is_of_contents_not_of_packing(data_folder):
    (data_folder / "houses.zip").write_bytes(packed(small_archive("houses")))
    before = download.provenance("houses")["fingerprint"]
    shutil.rmtree(data_folder / "houses")
    files = {f"root/{name}": data for name, data in reversed(small_archive("houses").items())}
    (data_folder / "houses.zip").write_bytes(packed(files))
    assert download.provenance("houses")["fingerprint"] == before
    shutil.rmtree(data_folder / "houses")
    files[next(iter(files))] += b"!"
    (data_folder / "houses.zip").write_bytes(packed(files))
    assert download.provenance("houses")["fingerprint"] != before


def test_command_goes_on_past_failures_and_sums_up(kaggle, data_folder, capsys):
    kaggle.datasets.pop(HANDLE)
    assert download.run([]) == 1
    output = capsys.readouterr()
    assert "finger_digits          MISSING" in output.out
    assert "houses                      6 files" in output.out
    assert "no such data set" in output.err


def test_what_nobody_offers_is_obtainable_once_its_archive_is_at_hand(data_folder):
    name = "rock_paper_scissors"
    offered = download.obtainable()
    assert "houses" in offered and name not in offered
    (data_folder / catalog.row(name).archive).write_bytes(packed(small_archive(name)))
    assert name in download.obtainable()


def test_command_knows_its_names(data_folder):
    with pytest.raises(ValueError, match="no data set 'fingers'; there are finger_digits"):
        download.run(["fingers"])


def use_client(monkeypatch, client):
    monkeypatch.setenv("HANDVISION_KAGGLE_CLIENT", client)
    if client == "kaggle":
        from kaggle.api.kaggle_api_extended import KaggleApi

        monkeypatch.setattr(KaggleApi, "args", ["--local"])


def unpack(folder: Path, files: dict[str, bytes]):
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def full_disk(room: int):
    """`open` of a disk that has `room` bytes left."""

    class Full(io.FileIO):
        def write(self, data):
            if self.tell() + len(data) > room:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    def opened(file, mode="r", *args, **kwargs):
        if "part" in str(file) and ("w" in mode or "a" in mode):
            return Full(file, mode.replace("b", ""))
        return open(file, mode, *args, **kwargs)

    return opened


def test_a_copy_of_other_contents_is_said(data_folder, monkeypatch, capsys):
    (data_folder / "houses.zip").write_bytes(packed(small_archive("houses")))
    facts = download.provenance("houses")
    assert facts["known"] is False
    download.run(["houses"])
    assert "subset, but its fingerprint is not the catalog's" in capsys.readouterr().out
    expected = dataclasses.replace(catalog.CATALOG["houses"], fingerprint=facts["fingerprint"])
    monkeypatch.setitem(catalog.CATALOG, "houses", expected)
    assert download.provenance("houses")["known"] is True
    download.run(["houses"])
    assert "subset, its fingerprint is the catalog's" in capsys.readouterr().out
