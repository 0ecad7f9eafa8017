"""A network of two hosts on one machine, joined by a wire with delay and loss.

Two network namespaces, a TAP device in each, and this process between them, which holds every packet back for the
delay and drops some. It stands in for the kernel's netem, which many machines lack; unlike a TCP proxy it leaves
congestion control to the two ends, so that loss and round trips cost what they cost in the world. Needs root and
/dev/net/tun on Linux.

    python3 wire.py --delay 25 --loss 1

prints one line of JSON when the wire is up: {"near": namespace, "far": namespace, "near_address": …, "far_address": …}.
Lines on standard input change it: `delay 50`, `loss 0`, `cut`, `heal`. When standard input ends, everything is removed.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000
FRAME_BYTES = 65_600
QUEUE_FRAMES = 8_000


@dataclass
class End:
    """One end of the wire: a namespace with a TAP device, and the frames on their way out of it."""

    namespace: str
    address: str
    fd: int = -1
    due: deque[tuple[float, bytes]] = field(default_factory=deque)

    def open(self) -> None:
        run("ip", "netns", "add", self.namespace)
        self.fd = open_tap(self.namespace, "wire0")
        run("ip", "-n", self.namespace, "link", "set", "dev", "lo", "up")
        run("ip", "-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", "wire0")
        run("ip", "-n", self.namespace, "link", "set", "dev", "wire0", "up")

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False, stderr=subprocess.DEVNULL)


@dataclass
class Condition:
    """What the wire does to packets, each way."""

    delay_seconds: float
    loss: float
    is_cut: bool = False

    def change(self, line: str) -> None:
        words = line.split()
        match words:
            case ["delay", milliseconds]:
                self.delay_seconds = float(milliseconds) / 1000
            case ["loss", percent]:
                self.loss = float(percent) / 100
            case ["cut"]:
                self.is_cut = True
            case ["heal"]:
                self.is_cut = False


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def open_tap(namespace: str, name: str) -> int:
    """Makes a TAP device inside a namespace; this process stays in its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "cannot enter the namespace")
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
        libc.setns(home, CLONE_NEWNET)
        return device
    finally:
        os.close(home)
        os.close(there)


def take_in(source: End, target: End, condition: Condition) -> None:
    """Reads what `source` sent and puts it on the way to `target`."""
    for _ in range(64):
        try:
            frame = os.read(source.fd, FRAME_BYTES)
        except BlockingIOError:
            return
        lost = condition.is_cut or random.random() < condition.loss or len(target.due) >= QUEUE_FRAMES
        if not lost:
            target.due.append((time.monotonic() + condition.delay_seconds, frame))


def let_out(end: End) -> None:
    """Writes the frames whose time has come."""
    now = time.monotonic()
    while end.due and end.due[0][0] <= now:
        try:
            os.write(end.fd, end.due[0][1])
        except BlockingIOError:
            return
        except OSError:
            pass  # the device is down: the frame is lost, as on a real wire
        end.due.popleft()


def carry(near: End, far: End, condition: Condition) -> None:
    """Carries packets until standard input ends."""
    while True:
        next_due = min((end.due[0][0] for end in (near, far) if end.due), default=time.monotonic() + 1)
        readable, _, _ = select.select([near.fd, far.fd, 0], [], [], max(0.0, next_due - time.monotonic()))
        if near.fd in readable:
            take_in(near, far, condition)
        if far.fd in readable:
            take_in(far, near, condition)
        if 0 in readable:
            line = sys.stdin.readline()
            if not line:
                return
            condition.change(line)
        let_out(near)
        let_out(far)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=0, help="milliseconds each way")
    parser.add_argument("--loss", type=float, default=0, help="percent each way")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    prefix = f"wire{os.getpid()}"
    near, far = End(f"{prefix}a", "10.77.0.1"), End(f"{prefix}b", "10.77.0.2")
    try:
        near.open()
        far.open()
        names = {"near": near.namespace, "far": far.namespace}
        print(json.dumps({**names, "near_address": near.address, "far_address": far.address}), flush=True)
        carry(near, far, Condition(arguments.delay / 1000, arguments.loss / 100))
    finally:
        near.close()
        far.close()


if __name__ == "__main__":
    main()
