"""What a burst costs: a real stationd and a real stationhub at the two ends of a shaped link, over TLS."""

import json
import pathlib
import signal
import subprocess
import tempfile
import time

from shaped_link import FAR, ShapedLink

STATION = "990001"

LISTS = {
    "prices": "produce,price,en,zh-Hans\napple,3.20,Apple,苹果\n",
    "articles": "article,price,en,zh-Hans\n6901234567892,45.60,Pot,锅\n",
}


class Ends:
    """A hub at the far end and an enrolled station at the near one."""

    def __init__(self, link, programs, folder):
        self.link, self.programs = link, programs
        self.folder = pathlib.Path(folder)
        for name in ("state", "run"):
            (self.folder / name).mkdir()
        self.hub_file = self.folder / "hub.db"
        for kind, text in LISTS.items():
            file = self.folder / f"{kind}.csv"
            file.write_text(text, encoding="utf-8")
            self.hub(kind, "set", file)
        code = self.hub("station", "add", STATION, "--address", f"{FAR}:8443")["code"]
        self.server = subprocess.Popen(
            link.far(programs / "stationhub", "serve", "--db", self.hub_file,
                     "--listen", f"{FAR}:8443"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.daemon = None
        self.code = code

    def __enter__(self):
        self.start()
        self.control("enrol", self.code)
        self.wait(lambda: self.cursor() >= 1)
        self.stop()
        return self

    def __exit__(self, *_):
        for process in (self.daemon, self.server):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(60)

    def hub(self, *words):
        told = subprocess.run(
            [self.programs / "stationhub", *words, "--db", self.hub_file, "--json"],
            check=True, capture_output=True, text=True)
        return json.loads(told.stdout)

    def cursor(self):
        """Number of the last entry that the hub has."""
        return self.hub("stations")[0]["acknowledgedThrough"]

    def control(self, *words):
        told = subprocess.run(
            self.link.near(self.programs / "stationctl", *words, "--json",
                           "--socket", self.folder / "run/control.sock"),
            check=True, capture_output=True, text=True)
        return json.loads(told.stdout)

    def start(self):
        self.daemon = subprocess.Popen(
            self.link.near("env", f"STATE_DIRECTORY={self.folder}/state",
                           f"RUNTIME_DIRECTORY={self.folder}/run", "STATION_LISTEN=127.0.0.1:0",
                           self.programs / "stationd"),
            stderr=subprocess.DEVNULL)
        self.wait(lambda: (self.folder / "run/control.sock").exists())

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(60)
        (self.folder / "run/control.sock").unlink(missing_ok=True)

    def trade(self, count, seed):
        subprocess.run(
            [self.programs / "journalworkload", "append", self.folder / "state", str(count),
             str(seed), "normal"], check=True)

    @staticmethod
    def wait(condition, limit=900):
        end = time.monotonic() + limit
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.1)


def day(programs, entries=200, bursts=12, **shape):
    """Bytes of IP packets both ways of a day's entries in bursts, with a start of the service and
    so a full handshake before each."""
    with tempfile.TemporaryDirectory() as folder, ShapedLink(**shape) as link:
        with Ends(link, programs, folder) as ends:
            before = link.up.bytes + link.down.bytes
            for burst in range(bursts):
                count = entries * (burst + 1) // bursts - entries * burst // bursts
                goal = ends.cursor() + count
                ends.trade(count, burst)
                ends.start()
                ends.wait(lambda: ends.cursor() >= goal)
                ends.stop()
            return link.up.bytes + link.down.bytes - before


def drain(programs, memory, count=10_000, **shape):
    """Seconds, bytes of IP packets up and down, until the hub has a backlog of `count`, and what
    `memory` says of the daemon then."""
    with tempfile.TemporaryDirectory() as folder, ShapedLink(**shape) as link:
        with Ends(link, programs, folder) as ends:
            first = ends.cursor()
            ends.trade(count, 1)
            up, down = link.up.bytes, link.down.bytes
            link.start_schedule()
            began = time.monotonic()
            ends.start()
            ends.wait(lambda: ends.cursor() >= first + count)
            seconds = time.monotonic() - began
            up, down = link.up.bytes - up, link.down.bytes - down
            held = memory(ends.daemon.pid)
    return seconds, up, down, held
