"""Two hosts on one machine: network namespaces with a link between them that can be cut."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

HOSTS = {"handvision-0": "10.213.7.1", "handvision-1": "10.213.7.2"}  # name -> address


@contextlib.contextmanager
def two_hosts() -> Iterator[dict[str, str]]:
    """Makes `HOSTS` and removes them; skips the test where namespaces cannot be made."""
    try:
        made = _ip("netns", "add", "handvision-0")
    except FileNotFoundError:
        pytest.skip("no network namespaces here: there is no command `ip`")
    if made.returncode:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    try:
        _ip("netns", "add", "handvision-1")
        link = "link add veth0 netns handvision-0 type veth peer veth0 netns handvision-1"
        _ip(*link.split())
        for name, address in HOSTS.items():
            # Programs find their own address by asking which one leads outside.
            own = (f"address add {address}/24 dev veth0", "link set veth0 up", "route add default dev veth0")
            for words in (*own, "link set lo up"):
                assert _ip("-n", name, *words.split()).returncode == 0
            # Gloo tells the others where it listens by what the name of its host stands for.
            hosts = _names_of(name)
            hosts.parent.mkdir(parents=True, exist_ok=True)
            hosts.write_text(f"127.0.0.1 localhost\n{address} {os.uname().nodename}\n")
        yield HOSTS
    finally:
        for name in HOSTS:
            _ip("netns", "delete", name)
            _names_of(name).unlink(missing_ok=True)


def started_on(host: str, command: Sequence[str | os.PathLike], **more: Any) -> subprocess.Popen:
    """A process on one of the two; `more` as for `Popen`."""
    return subprocess.Popen(["ip", "netns", "exec", host, *command], **more)


def set_link(state: str) -> None:
    """Cuts the link between the hosts (`down`), or joins it (`up`)."""
    subprocess.run(["ip", "-n", "handvision-1", "link", "set", "veth0", state], check=True)


def _ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True)


def _names_of(host: str) -> Path:
    return Path("/etc/netns") / host / "hosts"
