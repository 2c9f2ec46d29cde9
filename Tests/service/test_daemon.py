"""stationd as systemd sees it, on a machine without devices, network and settings; stationctl too.

The program is the debug build that the other tests use; `scripts/check` has built it.
"""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from tree import ROOT, run

BINARIES = ROOT / ".build" / "debug"
# Seconds. Far above what it takes, since the machine may be busy.
PATIENCE = 30


class Daemon:
    """A stationd of our own: its folders, and a socket in the place of systemd's."""

    def __init__(self, folder, **settings):
        self.state, self.runtime = folder / "state", folder / "run"
        self.state.mkdir(mode=0o700, exist_ok=True)
        self.runtime.mkdir(exist_ok=True)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = folder / f"notify{time.monotonic_ns()}"
        self.manager.bind(str(address))
        self.manager.settimeout(PATIENCE)
        self.log = folder / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARIES / "stationd"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                env={
                    "PATH": os.environ["PATH"],
                    "STATE_DIRECTORY": str(self.state),
                    "RUNTIME_DIRECTORY": str(self.runtime),
                    "NOTIFY_SOCKET": str(address),
                    "WATCHDOG_USEC": "400000",
                    "STATION_LISTEN": "127.0.0.1:0",
                    **settings,
                },
            )

    def wait_for(self, word):
        """Waits until the daemon sends this word to the service manager."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if word in self.manager.recv(4096).decode().split("\n"):
                return
        raise AssertionError(f"{word} never came\n{self.said()}")

    def said(self):
        return self.log.read_text()

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.manager.close()
        return code

    def ctl(self, *arguments):
        socket_path = self.runtime / "control.sock"
        return run(BINARIES / "stationctl", *arguments, "--socket", socket_path)


class StationDaemon(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def started(self, **settings):
        daemon = Daemon(self.folder, **settings)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.end(signal.SIGKILL))
        return daemon

    def test_it_says_ready_feeds_the_watchdog_and_stops_when_told(self):
        daemon = self.started()
        daemon.wait_for("READY=1")
        for _ in range(3):
            daemon.wait_for("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_for("STOPPING=1")
        self.assertEqual(daemon.end(), 0, daemon.said())

    def test_its_end_is_no_error(self):
        for _ in range(10):
            daemon = self.started()
            daemon.wait_for("READY=1")
            self.assertEqual(daemon.end(), 0, daemon.said())
            self.assertNotIn("ERROR", daemon.said())

    def test_without_anything_it_says_what_is_missing_and_what_to_do(self):
        daemon = self.started()
        daemon.wait_for("READY=1")
        said = daemon.ctl("status")
        self.assertEqual(said.returncode, 0, said.stdout)
        self.assertRegex(said.stdout, r"Station +not enrolled")
        self.assertIn("stationctl enrol CODE", said.stdout)
        status = json.loads(daemon.ctl("status", "--json").stdout)
        self.assertEqual(status["lastEntry"], 0)
        self.assertEqual(daemon.end(), 0)

    def test_pages_are_served_to_this_machine_and_at_no_other_address(self):
        daemon = self.started()
        daemon.wait_for("READY=1")
        port = int(re.search(r"ready port=(\d+)", daemon.said()).group(1))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as page:
            self.assertEqual(page.status, 200)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=PATIENCE)
        self.assertEqual(daemon.end(), 0)
        open_to_all = self.started(STATION_LISTEN="0.0.0.0:0")
        self.assertEqual(open_to_all.process.wait(PATIENCE), 78)

    def test_a_port_that_is_taken_is_named_with_its_setting(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            listen = f"127.0.0.1:{other.getsockname()[1]}"
            daemon = self.started(STATION_LISTEN=listen)
            self.assertEqual(daemon.process.wait(PATIENCE), 1)
        self.assertIn(f"STATION_LISTEN={listen}", daemon.said())
        self.assertIn("another program has this port", daemon.said())

    def test_it_takes_no_arguments_but_its_version(self):
        for words, code in ((["--version"], 0), (["--help"], 0), (["start"], 64)):
            told = subprocess.run([BINARIES / "stationd", *words], timeout=PATIENCE)
            self.assertEqual(told.returncode, code, words)

    def test_each_device_that_is_not_there_is_told_of_once(self):
        daemon = self.started()
        daemon.wait_for("READY=1")
        deadline = time.monotonic() + PATIENCE
        while daemon.said().count("not plugged in") < 3 and time.monotonic() < deadline:
            daemon.wait_for("WATCHDOG=1")
        for kind in ("scanner", "scale", "printer"):
            self.assertIn(f"device={kind}", daemon.said())
        self.assertEqual(daemon.end(), 0)

    def test_it_starts_again_after_being_killed(self):
        for _ in range(3):
            daemon = self.started()
            daemon.wait_for("READY=1")
            self.assertEqual(daemon.end(signal.SIGKILL), -signal.SIGKILL)
        daemon = self.started()
        daemon.wait_for("READY=1")
        self.assertEqual(daemon.end(), 0)

    def test_a_second_one_leaves_the_journal_to_the_first(self):
        first = self.started()
        first.wait_for("READY=1")
        second = self.started()
        self.assertNotIn(second.process.wait(PATIENCE), (0, 78))
        self.assertEqual(first.ctl("status").returncode, 0)
        self.assertEqual(first.end(), 0)

    def test_all_wrong_settings_are_told_at_once(self):
        wrong = {
            "STATION_LISTEN": "8080",
            "STATION_CASH_STEP": "7",
            "STATION_LANGUAGE": "fr",
            "STATION_START_SLIP": "maybe",
            "STATION_CASHSTEP": "10",
        }
        daemon = self.started(**wrong)
        self.assertEqual(daemon.process.wait(PATIENCE), 78)
        for variable, value in wrong.items():
            lines = [line for line in daemon.said().splitlines() if f"{variable}={value}" in line]
            self.assertEqual(len(lines), 1, daemon.said())
            self.assertRegex(lines[0], r"allowed is .+")
        self.assertEqual(list(daemon.state.iterdir()), [], "nothing is touched before that")

    def test_stationctl_says_that_no_daemon_answers(self):
        for command in ("status", "outbox", "devices", "sync"):
            said = run(BINARIES / "stationctl", command, "--socket", self.folder / "none.sock")
            self.assertEqual(said.returncode, 3, said.stdout)
            self.assertIn("is stationd running", said.stdout)

    def test_stationctl_decodes_a_pipe_and_a_file_alike(self):
        report = self.folder / "report"
        report.write_text("03 04 02 00 14 00\n")
        expected = (
            '{"event":"weight","status":"stable","grams":20,"magnitude":"20","unit":"g"}\n'
        )
        for arguments in ("scale-hid", "scale-hid -", "--json scale-hid -", f"scale-hid {report}"):
            said = run("sh", "-c", f"{BINARIES}/stationctl decode {arguments} <{report}")
            self.assertEqual((said.stdout, said.returncode), (expected, 0), arguments)
        raw = run(
            "sh", "-c", r"printf '\003\004\002\000\024\000' |"
            f" {BINARIES}/stationctl decode --raw scale-hid -",
        )
        self.assertEqual(raw.stdout, expected)
        for arguments in (["barcode", "/"], ["--raw", "barcode", "/"], ["barcode", "/none"]):
            said = run(BINARIES / "stationctl", "decode", *arguments)
            self.assertEqual(said.returncode, 1, said.stdout)
            self.assertRegex(said.stdout, r"^stationctl: /\w* cannot be read: (Is a|No such)")
        drivers = json.loads(run(BINARIES / "stationctl", "decode", "--list", "--json").stdout)
        self.assertEqual(
            drivers, run(BINARIES / "stationctl", "decode", "--list").stdout.split()
        )

    def test_the_program_holds_no_simulator_and_nothing_of_the_hub(self):
        symbols = run("nm", BINARIES / "stationd", seconds=120).stdout
        modules = set(re.findall(r"\$s(\d+)([A-Za-z]\w*)", symbols))
        names = {text[: int(length)] for length, text in modules}
        self.assertIn("LinuxPorts", names)
        self.assertFalse(names & {"Simulators", "Hub", "stationdemo", "Foundation"}, names)


if __name__ == "__main__":
    unittest.main()
