"""No data set is at hand in these tests, but small archives with the names of the real ones."""

from dataclasses import replace

import pytest

from handvision.datasets import catalog
from tests.helpers.archives import data_folder, packed, small_archive
from tests.helpers.kaggle_stub import Stub

__all__ = ["data_folder"]


@pytest.fixture
def kaggle(data_folder, monkeypatch):
    """Kaggle's stand-in, with the two data sets that are on Kaggle; the others' addresses lead to it, too."""
    from kagglehub import clients
    from kagglesdk import kaggle_env

    # It searches every module for the callers' names, a third of a second for each request.
    monkeypatch.setattr(clients, "get_user_agent", lambda: "kagglehub")
    stub = Stub()
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, stub.url)
    for name, dataset in list(catalog.CATALOG.items()):
        if isinstance(dataset.source, catalog.Kaggle):
            stub.datasets[dataset.source.handle] = packed(small_archive(name))
        elif name == "hgr1":
            images = {p: b for p, b in small_archive(name).items() if "original_images" in p}
            skin = {p: b for p, b in small_archive(name).items() if "skin_masks" in p}
            stub.files |= {"/hgr1_images.zip": packed(images), "/hgr1_skin.zip": packed(skin)}
            web = catalog.Web((f"{stub.url}/hgr1_images.zip", f"{stub.url}/hgr1_skin.zip"), stub.url)
            monkeypatch.setitem(catalog.CATALOG, name, replace(dataset, source=web))
        else:
            path = f"/{name}/archive/1234567.zip"
            stub.files[path] = packed(small_archive(name))
            monkeypatch.setitem(
                catalog.CATALOG, name, replace(dataset, source=catalog.Web((stub.url + path,), stub.url))
            )
    yield stub
    stub.close()
