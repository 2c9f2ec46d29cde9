"""stationctl beside a real daemon and a real hub: what succeeds, what is refused, what is not there.

The programs are the debug builds that the other tests use; `scripts/check` has built them.
"""

import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

from test_daemon import BINARIES, PATIENCE, Daemon
from tree import ROOT

APPLES = [{"produce": "10001", "price": "4.50", "en": "Apples"}]
SOAP = [{"article": "6901234567892", "price": "12.90", "en": "Soap"}]

# What asks the daemon, and what reads the journal without it; each with words that it takes.
ASKING = (
    ["status"],
    ["devices"],
    ["outbox"],
    ["sync"],
    ["enrol", "VK09"],
    ["clock", "set", "2026-11-24T17:05:11Z"],
    ["print", "test"],
    ["print", "sheet"],
    ["print", "card"],
    ["print", "badge", "--operator", "1"],
)
READING = (
    ["journal", "list"],
    ["journal", "show", "1"],
    ["journal", "verify"],
    ["journal", "rebuild"],
    ["journal", "check-slip", "VK04123456010000000423141592639"],
    ["print", "preview", "1"],
)


def ctl(*words):
    return subprocess.run(
        [BINARIES / "stationctl", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )


class Ctl(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "hub.db"

    def come_to_nothing(self, words, code):
        """The one rule: a reason on standard error, and with --json the same as a value too."""
        plain = ctl(*words)
        self.assertEqual((plain.returncode, plain.stdout), (code, ""), plain.stderr)
        self.assertRegex(plain.stderr, r"\Astationctl: .+\n\Z")
        told = ctl(*words, "--json")
        self.assertEqual((told.returncode, told.stderr), (code, plain.stderr), told.stdout)
        self.assertEqual(
            json.loads(told.stdout),
            {"isDone": False, "text": plain.stderr.removeprefix("stationctl: ").rstrip("\n")},
        )
        return plain.stderr

    def started(self, **settings):
        daemon = Daemon(self.folder, **settings)
        self.addCleanup(lambda: daemon.process.poll() is None and daemon.end(signal.SIGKILL))
        daemon.wait_for("READY=1")
        return daemon

    def hub(self, *words):
        done = subprocess.run(
            [BINARIES / "stationhub", *map(str, words), "--db", self.database, "--json"],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout else None

    def serve(self):
        """A hub that listens, and its port."""
        process = subprocess.Popen(
            [BINARIES / "stationhub", "serve", "--db", self.database, "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if found := re.search(r"address=127\.0\.0\.1:(\d+)", line):
                return int(found.group(1))
        self.fail(f"ended with {process.wait()}")

    def test_every_command_says_alike_that_there_is_no_daemon(self):
        for words in ASKING:
            with self.subTest(words):
                said = self.come_to_nothing([*words, "--socket", self.folder / "none"], 3)
                self.assertIn("is stationd running", said)

    def test_every_command_says_alike_that_there_is_no_journal(self):
        for words in READING:
            with self.subTest(words):
                self.come_to_nothing([*words, "--state-directory", self.folder], 1)

    def test_a_daemon_that_hangs_is_told_in_plain_words_within_seconds(self):
        daemon = self.started()
        daemon.process.send_signal(signal.SIGSTOP)
        self.addCleanup(daemon.process.send_signal, signal.SIGCONT)
        began = time.monotonic()
        said = ctl("status", "--json", "--socket", daemon.runtime / "control.sock")
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(said.returncode, 3, said.stderr)
        self.assertIn("the daemon did not answer within 10 s", said.stderr)
        self.assertNotIn("(", said.stderr)
        self.assertFalse(json.loads(said.stdout)["isDone"])

    def test_a_box_that_is_not_enrolled_refuses_with_its_reason(self):
        daemon = self.started()
        place = ["--socket", daemon.runtime / "control.sock"]
        for words in (["sync"], ["enrol", "VK09"], ["print", "sheet"], ["print", "card"]):
            with self.subTest(words):
                self.come_to_nothing([*words, *place], 1)
        self.assertEqual(daemon.end(), 0)

    def test_an_enrolled_box_does_what_it_is_asked(self):
        for kind, rows in (("prices", APPLES), ("articles", SOAP)):
            file = self.folder / f"{kind}.json"
            file.write_text(json.dumps(rows))
            self.hub(kind, "set", file)
        port = self.serve()
        form = self.hub("station", "add", "990001", "--address", f"127.0.0.1:{port}")
        daemon = self.started(STATION_LOG_LEVEL="debug")
        place = ["--socket", daemon.runtime / "control.sock"]

        def done(*words, entry=None):
            plain = ctl(*words, *place)
            self.assertEqual((plain.returncode, plain.stderr), (0, ""), plain.stdout)
            self.assertTrue(plain.stdout.endswith("\n") and len(plain.stdout) > 1)
            told = ctl(*words, "--json", *place)
            self.assertEqual((told.returncode, told.stderr), (0, ""), told.stdout)
            return plain.stdout, json.loads(told.stdout)

        plain, told = done("enrol", form["text"])
        self.assertEqual(plain, "enrolled as station 990001 (No. 1)\n")
        self.assertEqual(set(told), {"isDone", "text"})
        self.assertIn("nothing changed", told["text"])

        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            plain, status = done("status")
            if status["lists"].keys() == {"prices", "articles"} and not status["link"]["waiting"]:
                break
            time.sleep(0.1)
        self.assertEqual(status["station"], {
            "number": "990001", "epoch": 1, "hub": f"127.0.0.1:{port}"})
        self.assertRegex(plain, r"Station +990001, epoch 1")
        self.assertIn(", 0 waiting", done("outbox")[0])
        self.assertEqual(done("outbox")[1].keys() & {"state", "waiting"}, {"state", "waiting"})
        self.assertEqual(done("devices"), ("nothing is plugged in\n", []))
        self.assertEqual(done("sync")[1], {"isDone": True, "text": "head office is asked"})
        self.assertEqual(
            done("clock", "set", "2026-11-24T17:05:11Z")[1],
            {"isDone": True, "text": "the clock is set"})
        for paper in ("test", "sheet"):
            self.assertEqual(done("print", paper)[1].keys(), {"isDone", "text"})
        for words in (["card"], ["card", "--villager", "1"], ["badge", "--operator", "1"]):
            last = done("status")[1]["lastEntry"]
            plain, told = done("print", *words)
            self.assertIn(f"(No. {last + 1})", plain)
            self.assertEqual(told["entry"], last + 2)
        refused = self.come_to_nothing(["print", "card", "--villager", "99", *place], 1)
        self.assertIn("no villager has number 99", refused)
        state = ["--state-directory", daemon.state]
        self.assertIn(
            "there is no entry 999", self.come_to_nothing(["journal", "show", 999, *state], 1))
        self.assertIn("stop the daemon", self.come_to_nothing(["journal", "rebuild", *state], 3))
        self.assertEqual(daemon.end(), 0)
        self.look_at(daemon.said(), form)

    def look_at(self, log, form):
        """The log of that run, at level debug."""
        messages = [line for line in log.splitlines() if "step=messageApplied" in line]
        self.assertTrue(messages)
        for line in messages:
            self.assertRegex(line, r" message=\d+")
            self.assertNotIn("entry=", line)
        self.assertEqual(len(re.findall(r"head office is reached state=reached", log)), 1)
        self.assertNotIn("Station(configuration:", log)
        self.assertNotIn("sl-services", log)
        for secret in (form["code"], form["text"].split(" ")[4]):
            self.assertNotIn(secret, log)
        keys = set(re.findall(
            r'static let \w+ = "(\w+)"', (ROOT / "Sources/Ports/LogKey.swift").read_text()))
        for line in log.splitlines():
            words = re.sub(r'="(?:[^"\\]|\\.)*"', "=_", line)
            self.assertLessEqual(set(re.findall(r" ([\w.-]+)=", words)), keys, line)


if __name__ == "__main__":
    unittest.main()
