"""stationhub's command line: head office's file made, filled, looked at, and served.

The program is the debug build that the other tests use; `scripts/check` has built it.
"""

import json
import pathlib
import signal
import subprocess
import tempfile
import unittest

from tree import ROOT, run

HUB = ROOT / ".build" / "debug" / "stationhub"
# Seconds. Far above what it takes, since the machine may be busy.
PATIENCE = 30


class HubCommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "hub.db"

    def hub(self, *arguments, code=0):
        done = run(HUB, *arguments, "--db", self.database)
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def add(self, number="990001"):
        return self.hub("station", "add", number, "--address", "hub.example:8443")

    def stations(self):
        return json.loads(self.hub("stations", "--json"))

    def file(self, rows):
        path = self.folder / "list.json"
        path.write_text(json.dumps(rows))
        return path

    def test_a_new_station_gets_a_code_to_scan_and_to_type(self):
        lines = self.add().splitlines()
        self.assertIn("█", lines[0])
        fields = lines[-1].split(" ")
        self.assertEqual(fields[:4], ["1", "hub.example:8443", "990001", "1"])
        self.assertEqual([len(field) for field in fields[4:]], [22, 43, 43])
        self.assertEqual(self.stations()[0]["state"], "waitsForEnrolment")
        again = self.hub("station", "code", "990001", "--address", "hub.example:8443")
        self.assertEqual(again.splitlines()[-1], lines[-1])

    def test_a_station_is_added_once(self):
        self.add()
        said = self.hub("station", "add", "990001", "--address", "hub.example:8443", code=1)
        self.assertIn("990001 has epoch 1 already", said)

    def test_what_head_office_says_waits_for_every_station(self):
        self.add("990001")
        self.add("990002")
        apples = {"produce": "10001", "price": "4.50", "en": "Apples", "zh-Hans": "苹果"}
        soap = {"article": "6901234567892", "price": "12.90", "en": "Soap"}
        self.hub("prices", "set", self.file([apples]))
        self.hub("articles", "set", self.file([soap]))
        self.assertIn("4.50", self.hub("prices", "show"))
        self.hub("limit", "990001", "1500")
        self.hub("float", "top-up", "990001", "3000")
        self.hub("float", "state", "990001", "3000")
        self.assertEqual([station["lastMessage"] for station in self.stations()], [5, 2])

    def test_a_wrong_list_is_refused_whole_and_each_fault_is_named(self):
        self.add()
        soap = {"article": "1001", "price": "12.90", "en": "Soap"}
        rows = [
            soap,
            {**soap, "article": "1002", "price": "12.905"},
            {**soap, "article": "no code"},
            {**soap, "article": "1003", "colour": "red"},
            soap,
        ]
        said = self.hub("articles", "set", self.file(rows), code=65)
        self.assertIn('item 2: price "12.905" is not in yuan', said)
        self.assertIn('item 3: article "no code" is not 1 to 40 letters', said)
        self.assertIn('item 4: "colour" is none of article, price', said)
        self.assertIn('item 5: article "1001" stands in item 1 already', said)
        self.assertEqual(self.stations()[0]["lastMessage"], 0)

    def test_a_file_that_is_no_list_is_refused(self):
        path = self.folder / "list.json"
        path.write_text('[{"produce": "10001"')
        self.assertIn("line 1", self.hub("prices", "set", path, code=65))

    def test_what_is_not_there_is_said(self):
        self.add()
        self.assertIn("no station 990002", self.hub("entries", "990002", code=1))
        self.assertEqual(self.hub("entries", "990001"), "")
        said = self.hub("decide", "990001/1-3", "rejected", code=1)
        self.assertIn("no order 1-3", said)
        self.assertEqual(json.loads(self.hub("orders", "--json")), [])

    def test_wrong_words_are_wrong_use(self):
        for words in (
            ["entries", "99"],
            ["decide", "1-3", "rejected"],
            ["serve", "--listen", "8443"],
            ["limit", "990001", "12.345"],
        ):
            with self.subTest(words):
                self.hub(*words, code=64)

    def test_it_serves_until_it_is_told_to_stop(self):
        process = subprocess.Popen(
            [HUB, "serve", "--db", self.database, "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if "address=127.0.0.1:" in line:
                    break
            self.assertRegex("".join(said), r"address=127\.0\.0\.1:[1-9]")
            process.send_signal(signal.SIGTERM)
            _, rest = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 0, rest)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
