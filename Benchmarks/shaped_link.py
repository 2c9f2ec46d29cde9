"""A slow, lossy link between two network namespaces, in user space: many kernels have no netem.

One process owns a TUN device in each namespace and carries IP packets between them, with a rate, a
delay and a loss each way, a queue of three seconds, and an up/down schedule: what is on its way
when the link goes down is gone. It counts the bytes of IP packets, which is what a radio is paid
for. Needs root, iproute2 and /dev/net/tun.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
MTU = 1_400
QUEUE_SECONDS = 3
NEAR, FAR = "198.18.1.2", "198.18.1.1"  # RFC 2544, never routed


def is_possible():
    return os.geteuid() == 0 and os.path.exists("/dev/net/tun") and not subprocess.call(
        ["sh", "-c", "command -v ip"], stdout=subprocess.DEVNULL)


class Way:
    """One direction."""

    def __init__(self, out, rate):
        self.out, self.rate = out, rate
        self.free_at = 0.0
        self.bytes = self.packets = self.lost = 0


class ShapedLink:
    """Two namespaces and the link between; a context."""

    def __init__(self, up=50_000, down=100_000, delay=0.6, loss=0.01, schedule=None, seed=1):
        """Rates in bit/s; `delay` a round trip in seconds; `loss` of each packet; `schedule` is
        seconds up and seconds down, from the first start on."""
        self.names = [f"{side}-{os.getpid()}" for side in ("near", "far")]
        self.delay, self.loss, self.schedule = delay, loss, schedule
        self.random = random.Random(seed)
        self.began = None
        self.is_over = False
        for name in self.names:
            subprocess.run(["ip", "netns", "add", name], check=True)
            subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        near = self._tun(self.names[0], NEAR, FAR)
        far = self._tun(self.names[1], FAR, NEAR)
        self.up, self.down = Way(far, up), Way(near, down)
        self.ways = {near: self.up, far: self.down}
        self.thread = threading.Thread(target=self._carry)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        for descriptor in self.ways:
            os.close(descriptor)
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], check=True)

    def near(self, *command):
        return ["ip", "netns", "exec", self.names[0], *map(str, command)]

    def far(self, *command):
        return ["ip", "netns", "exec", self.names[1], *map(str, command)]

    def start_schedule(self):
        self.began = time.monotonic()

    def is_up(self, now):
        if not self.schedule or self.began is None:
            return True
        return (now - self.began) % sum(self.schedule) < self.schedule[0]

    @staticmethod
    def _tun(namespace, address, peer):
        libc = ctypes.CDLL("libc.so.6", use_errno=True)
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
        try:
            if libc.setns(there, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"link0", IFF_TUN | IFF_NO_PI))
        finally:
            libc.setns(home, CLONE_NEWNET)
            os.close(home)
            os.close(there)
        for words in (["addr", "add", address, "peer", peer, "dev", "link0"],
                      ["link", "set", "link0", "mtu", str(MTU), "txqueuelen", "1000", "up"]):
            subprocess.run(["ip", "-n", namespace, *words], check=True)
        return device

    def _carry(self):
        flying, number, was_up = [], 0, True
        while not self.is_over:
            now = time.monotonic()
            is_up = self.is_up(now)
            if was_up and not is_up:
                flying.clear()
                self.up.free_at = self.down.free_at = 0.0
            was_up = is_up
            while flying and flying[0][0] <= now:
                _, _, way, packet = heapq.heappop(flying)
                os.write(way.out, packet)
            patience = max(0.0, min(0.02, flying[0][0] - now)) if flying else 0.02
            for descriptor in select.select(list(self.ways), [], [], patience)[0]:
                for packet in self._read(descriptor):
                    number += 1
                    arrival = self._send(self.ways[descriptor], packet, is_up)
                    if arrival:
                        heapq.heappush(flying, (arrival, number, self.ways[descriptor], packet))

    @staticmethod
    def _read(descriptor):
        for _ in range(64):
            try:
                packet = os.read(descriptor, 65_535)
            except BlockingIOError:
                return
            if packet[0] >> 4 == 4:  # no IPv6 chatter
                yield packet

    def _send(self, way, packet, is_up):
        """When it arrives; None where it does not."""
        now = time.monotonic()
        begin = max(now, way.free_at)
        if not is_up or begin - now > QUEUE_SECONDS:
            return None
        way.free_at = begin + len(packet) * 8 / way.rate
        way.bytes += len(packet)
        way.packets += 1
        if self.random.random() < self.loss:
            way.lost += 1
            return None
        return way.free_at + self.delay / 2
