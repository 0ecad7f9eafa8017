"""A network of two hosts on one machine, joined by a wire with delay and loss.

Two network namespaces, a TAP device in each, and this process between them, which holds every packet back for the
delay and drops some. It stands in for the kernel's netem, which many machines lack; unlike a TCP proxy it leaves
congestion control to the two ends, so that loss and round trips cost what they cost in the world. Needs root and
/dev/net/tun on Linux.

    python3 wire.py --delay 25 --loss 1 --rate 1000

prints one line of JSON when the wire is up: {"near": namespace, "far": namespace, "near_address": …, "far_address": …}.
With `--between NAMESPACE DEVICE NAMESPACE DEVICE` it lies between two namespaces that are there already, near and far,
whoever made them gives the devices their addresses, and the line is {"near": namespace, "far": namespace}.

Lines on standard input change it: `delay 50`, `loss 0`, `cut`, `heal`. `cut after 5000` cuts it when so many bytes have come
to the near end, and prints {"near_bytes": …, "far_bytes": …}, what has come to each end, then; so does `count`, at once.
When standard input ends, everything is removed.
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
BUFFER_SECONDS = 0.2
"""Where a rate is set: frames that would wait longer for their turn are dropped, as by a router whose buffer is full."""


@dataclass
class End:
    """One end of the wire: a namespace with a TAP device, and the frames on their way to it."""

    namespace: str
    device: str = "wire0"
    address: str | None = None
    """None: the namespace is of others, who give the device its address."""
    fd: int = -1
    due: deque[tuple[float, bytes]] = field(default_factory=deque)
    free_at: float = 0.0
    """When the last frame has been sent that is on its way, where there is a rate."""
    bytes: int = 0
    """What has come here."""

    def open(self) -> None:
        if self.address is not None:
            run("ip", "netns", "add", self.namespace)
        self.fd = open_tap(self.namespace, self.device)
        if self.address is not None:
            run("ip", "-n", self.namespace, "link", "set", "dev", "lo", "up")
            run("ip", "-n", self.namespace, "addr", "add", f"{self.address}/24", "dev", self.device)
            run("ip", "-n", self.namespace, "link", "set", "dev", self.device, "up")

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
        if self.address is not None:
            subprocess.run(["ip", "netns", "del", self.namespace], check=False, stderr=subprocess.DEVNULL)


@dataclass
class Condition:
    """What the wire does to packets, each way."""

    delay_seconds: float
    loss: float
    bytes_per_second: float | None
    is_cut: bool = False
    cut_after: int | None = None
    """Bytes that come to the near end before it is cut."""

    def change(self, line: str) -> None:
        words = line.split()
        match words:
            case ["delay", milliseconds]:
                self.delay_seconds = float(milliseconds) / 1000
            case ["loss", percent]:
                self.loss = float(percent) / 100
            case ["cut"]:
                self.is_cut = True
            case ["cut", "after", count]:
                self.cut_after = int(count)
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
        now = time.monotonic()
        starts = max(now, target.free_at) if condition.bytes_per_second else now
        if lost or starts - now > BUFFER_SECONDS:
            continue
        target.free_at = starts + len(frame) / condition.bytes_per_second if condition.bytes_per_second else now
        target.due.append((target.free_at + condition.delay_seconds, frame))


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
        end.bytes += len(end.due.popleft()[1])


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
            if line.strip() == "count":
                say_count(near, far)
        let_out(near)
        let_out(far)
        if condition.cut_after is not None and near.bytes >= condition.cut_after:
            condition.is_cut, condition.cut_after = True, None
            say_count(near, far)


def say_count(near: End, far: End) -> None:
    """Prints what has come to each end."""
    print(json.dumps({"near_bytes": near.bytes, "far_bytes": far.bytes}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=0, help="milliseconds each way")
    parser.add_argument("--loss", type=float, default=0, help="percent each way")
    parser.add_argument("--rate", type=float, default=0, help="kilobytes a second each way; 0: as fast as it can")
    parser.add_argument("--between", nargs=4, metavar=("NAMESPACE", "DEVICE") * 2)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    near, far = ends(arguments.between)
    condition = Condition(arguments.delay / 1000, arguments.loss / 100, arguments.rate * 1000 or None)
    try:
        near.open()
        far.open()
        addresses = {"near_address": near.address, "far_address": far.address} if near.address else {}
        print(json.dumps({"near": near.namespace, "far": far.namespace, **addresses}), flush=True)
        carry(near, far, condition)
    finally:
        near.close()
        far.close()


def ends(between: list[str] | None) -> tuple[End, End]:
    """Both ends, in namespaces of their own or in those that are named."""
    if between is None:
        prefix = f"wire{os.getpid()}"
        return End(f"{prefix}a", address="10.77.0.1"), End(f"{prefix}b", address="10.77.0.2")
    near, near_device, far, far_device = between
    return End(near, near_device), End(far, far_device)


if __name__ == "__main__":
    main()
