"""Ray reads what processes read, to the byte, and loses nothing: a cluster of two nodes on this machine."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from handvision.inference.bulk.engines import open_engine
from handvision.inference.bulk.job import run
from handvision.inference.bulk.photos import PhotoList
from tests.helpers.bulk import (
    BROKEN,
    DIE,
    DIE_ONCE,
    RAISE_ONCE,
    SLOW,
    bytes_of,
    stub_reader,
    write_photos,
)
from tests.helpers.hosts import HOSTS, set_link, started_on, two_hosts
from tests.inference.bulk.test_job import SHARD, UNDISTURBED, _is_alive

pytest.importorskip("ray", reason="the engine Ray is not tested: pip install 'handvision[bulk]'")
pytestmark = [
    # Minutes, and on a machine that does much else Ray gives up: its agents have 15 seconds to start.
    pytest.mark.soak,
    # Ray leaves sockets and files to the garbage collector, and warns of its own coming changes.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]

NODE = {"num_cpus": 2, "object_store_memory": 80 << 20}


@pytest.fixture(scope="module")
def cluster():
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    cluster.add_node(**NODE)
    ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def job(photos, out, workers=2, make_read=stub_reader, address="auto", **options):
    with PhotoList([photos]) as listed, open_engine(workers, address) as engine:
        return run(listed, out, make_read, "stub", engine, shard_size=SHARD, **options)


def undisturbed(photos, out):
    with PhotoList([photos]) as listed:
        run(listed, out, stub_reader, "stub", UNDISTURBED, shard_size=SHARD)
    return bytes_of(out)


def test_actors_that_die_or_raise_once_change_nothing(cluster, tmp_path):
    photos = write_photos(tmp_path / "in", 23, _2=DIE_ONCE, _11=RAISE_ONCE, _13=BROKEN)
    manifest = job(photos, tmp_path / "out")
    assert all((photos / f"{name}.jpg.tried").exists() for name in ("0002", "0011"))
    assert (manifest.read, manifest.errors, manifest.failed, manifest.complete) == (23, 1, {}, True)
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert written["engine"] == "by 2 actors on Ray (auto)" and written["versions"]["ray"]
    assert bytes_of(tmp_path / "out") == undisturbed(photos, tmp_path / "alone")


def unfit_reader():
    raise ValueError("this machine has another model")


def test_an_actor_that_cannot_begin_ends_the_job(cluster, tmp_path):
    photos = write_photos(tmp_path / "in", 3)
    with pytest.raises(RuntimeError, match="has another model"):
        job(photos, tmp_path / "out", make_read=unfit_reader)
    with pytest.raises(ValueError, match="workers is 99; 4 cores of the cluster have room for 8"):
        job(photos, tmp_path / "out", workers=99)


def test_a_shard_that_kills_its_actors_is_told_and_costs_no_other(cluster, tmp_path):
    photos = write_photos(tmp_path / "in", 23, _2=DIE)
    manifest = job(photos, tmp_path / "out")
    assert manifest.complete and manifest.read == 23 - SHARD
    (told,) = manifest.failed.values()
    assert "an actor died" in told["reason"]
    (photos / "0002.jpg").write_bytes(b"photo")
    assert job(photos, tmp_path / "out", resume=True).resumed == 23 - SHARD
    assert bytes_of(tmp_path / "out") == undisturbed(photos, tmp_path / "alone")


def test_a_node_that_is_lost_in_mid_job_changes_nothing(cluster, tmp_path):
    count = 100
    photos = write_photos(tmp_path / "in", count, **{f"_{number}": SLOW for number in range(count)})
    node = cluster.add_node(**NODE)
    lost = threading.Event()

    def lose_it():
        while not list(tmp_path.glob("out/rows/[!.]*")):
            time.sleep(0.05)
        cluster.remove_node(node, allow_graceful=False)
        lost.set()

    threading.Thread(target=lose_it).start()
    # Ray spreads actors over its nodes.
    manifest = job(photos, tmp_path / "out", workers=5)
    assert lost.is_set() and manifest.read == count and not manifest.failed
    assert bytes_of(tmp_path / "out") == undisturbed(photos, tmp_path / "alone")


DRIVER = """
import sys
from tests.inference.bulk.test_on_ray import job
if __name__ == "__main__":
    job(*sys.argv[1:3], workers=int(sys.argv[3]), address=sys.argv[4], resume=True)
"""


@pytest.mark.usefixtures("commands_hear_ctrl_c")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_driver_that_is_ended_is_resumed(tmp_path, end):
    import psutil

    photos = write_photos(tmp_path / "in", 60, **{f"_{number}": SLOW for number in range(60)})
    (tmp_path / "driver.py").write_text(DRIVER)
    command = [sys.executable, tmp_path / "driver.py", photos, tmp_path / "out", "2", "local"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as driver:
        while not list(tmp_path.glob("out/rows/[!.]*")):
            assert driver.poll() is None
            time.sleep(0.05)
        children = psutil.Process(driver.pid).children(recursive=True)
        driver.send_signal(end)
        assert driver.wait(120) != 0
    # Its actors end at once; an agent of Ray, which nobody waits for, takes a minute over it.
    deadline = time.monotonic() + 120
    while any(map(_is_alive, children)):
        assert time.monotonic() < deadline, "Ray outlives its driver"
        time.sleep(0.2)
    whole = [name for name in bytes_of(tmp_path / "out") if not name.startswith(".")]
    assert 0 < len(whole) < 12
    subprocess.run(command, env=environment, check=True, timeout=500)
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert written["complete"] and written["resumed"] == SHARD * len(whole)
    assert bytes_of(tmp_path / "out") == undisturbed(photos, tmp_path / "alone")


PORT = "6389"
CLUSTER = {
    # Ray's own patience with a silent machine is about a minute.
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_AUTH_MODE": "disabled",  # no tokens have to travel
}
LISTENS = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])))"
JOINED = "import ray, sys; ray.init(sys.argv[1]); assert ray.cluster_resources()['CPU'] == 2"


@pytest.fixture
def address_on_two_hosts(monkeypatch):
    """Ray on both hosts, each with room for two actors."""
    import psutil

    for name, value in {**CLUSTER, "PYTHONPATH": os.getcwd()}.items():
        monkeypatch.setenv(name, value)

    ray = os.path.join(os.path.dirname(sys.executable), "ray")
    first, second = HOSTS
    address = f"{HOSTS[first]}:{PORT}"
    # Paths of sockets may not be long.
    with two_hosts(), tempfile.TemporaryDirectory(prefix="ray") as folder:
        head = ["--head", "--port", PORT, "--temp-dir", folder, "--include-dashboard=false"]
        roles = {first: [*head, "--disable-usage-stats"], second: ["--address", address]}
        started = []
        try:
            for name, role in roles.items():
                words = [*role, "--node-ip-address", HOSTS[name], "--num-cpus", "1", "--block"]
                words += ["--object-store-memory", str(NODE["object_store_memory"])]
                started.append(started_on(name, [ray, "start", *words], stdout=subprocess.DEVNULL))
                _wait_for(started, LISTENS, HOSTS[first], PORT)
            _wait_for(started, JOINED, address)
            yield address
        finally:
            for process in started:
                with contextlib.suppress(psutil.NoSuchProcess):
                    for child in psutil.Process(process.pid).children(recursive=True):
                        child.kill()
                process.kill()
                process.wait()


def _wait_for(started, code, *words):
    """Until a line of Python succeeds on the first host."""
    while started_on("handvision-0", [sys.executable, "-c", code, *words], stderr=subprocess.DEVNULL).wait():
        assert all(process.poll() is None for process in started)
        time.sleep(0.5)


def test_a_host_whose_link_is_cut_in_mid_job_changes_nothing(tmp_path, address_on_two_hosts):
    count = 100
    photos = write_photos(tmp_path / "in", count, **{f"_{number}": SLOW for number in range(count)})
    (tmp_path / "driver.py").write_text(DRIVER)
    command = [sys.executable, tmp_path / "driver.py", photos, tmp_path / "out", "4", address_on_two_hosts]
    with started_on("handvision-0", command) as driver:
        while not list(tmp_path.glob("out/rows/[!.]*")):
            assert driver.poll() is None
            time.sleep(0.05)
        set_link("down")
        assert len(list(tmp_path.glob("out/rows/[!.]*"))) < count / SHARD
        assert driver.wait(300) == 0
    written = json.loads((tmp_path / "out/manifest.json").read_text())
    assert written["complete"] and written["read"] == count and not written["failed"]
    assert bytes_of(tmp_path / "out") == undisturbed(photos, tmp_path / "alone")
