"""stationhub's command line: head office's file made, filled, looked at, and served.

The program is the debug build that the other tests use; `scripts/check` has built it.
"""

import json
import pathlib
import random
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from tree import ROOT, run

HUB = ROOT / ".build" / "debug" / "stationhub"
PROGRAMS = ("stationhub", "stationctl", "stationd")
# Seconds. Far above what it takes, since the machine may be busy.
PATIENCE = 30


class HubCommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "hub.db"

    def hub(self, *arguments, code=0):
        # Behind two dashes nothing is an option.
        end = arguments.index("--") if "--" in arguments else len(arguments)
        done = run(HUB, *arguments[:end], "--db", self.database, *arguments[end:])
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
        self.assertEqual(self.decoded(lines), lines[-4])
        fields = lines[-1].split(" ")
        self.assertEqual(fields[:4], ["1", "hub.example:8443", "990001", "1"])
        self.assertEqual([len(field) for field in fields[4:]], [22, 43, 43])
        self.assertEqual(self.stations()[0]["state"], "waitsForEnrolment")
        again = self.hub("station", "code", "990001", "--address", "hub.example:8443")
        self.assertEqual(again.splitlines()[-1], lines[-1])

    def decoded(self, lines):
        """What a reader of QR codes makes of the picture that was printed."""
        # Light is drawn, two rows of modules a line.
        rows = []
        for line in lines:
            if not line or set(line) - set("█▀▄ "):
                break
            rows.append([character in "█▀" for character in line])
            rows.append([character in "█▄" for character in line])
        scale = 4
        pixels = [
            bytes(255 if light else 0 for light in row for _ in range(scale))
            for row in rows
            for _ in range(scale)
        ]
        picture = self.folder / "code.pgm"
        head = f"P5 {len(pixels[0])} {len(pixels)} 255\n".encode()
        picture.write_bytes(head + b"".join(pixels))
        done = run("zbarimg", "--quiet", "--raw", picture)
        # Without a message bus it complains before it says what it read.
        return done.stdout.splitlines()[-1]

    def test_an_address_is_a_host_and_a_port(self):
        for address in ("nohost", ":443", "127.0.0.1:", "127.0.0.1:99999", "h:0", "::1:443"):
            with self.subTest(address):
                said = self.hub("station", "add", "990001", "--address", address, code=1)
                self.assertIn("a host and a port from 1 to 65535 are allowed", said)
        self.assertEqual(self.stations(), [])
        self.hub("station", "add", "990001", "--address", "[2001:db8::1]:8443")

    def test_an_address_that_cannot_be_had_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            said = self.hub("serve", "--listen", address, code=1)
            self.assertIn(f"cannot listen on {address}: Address already in use", said)
            self.assertNotIn("descriptor", said)
        said = self.hub("serve", "--listen", "nowhere.invalid:1", code=1)
        self.assertIn("cannot listen on nowhere.invalid:1: ", said)
        self.assertNotIn("SocketAddressError", said)

    def test_every_program_says_its_release(self):
        said = {run(HUB.with_name(name), "--version").stdout for name in PROGRAMS}
        self.assertEqual(len(said), 1, said)
        self.assertRegex(said.pop(), r"^\d+\.\d+\.\d+\n$")

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
        self.hub("float", "state", "990001", "--", "-12.50")
        self.assertEqual([station["lastMessage"] for station in self.stations()], [6, 2])

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

    def test_a_command_that_looks_makes_no_file_out_of_a_mistyped_path(self):
        station = ["990001", "--address", "hub.example:8443"]
        for words in (
            ["stations"],
            ["orders"],
            ["entries", "990001"],
            ["balances", "990001"],
            ["prices", "show"],
            ["articles", "show"],
            ["keys", "show"],
            ["keys", "promote"],
            ["limit", "990001", "1500"],
            ["decide", "990001/1-3", "rejected"],
            ["station", "code", *station],
            ["station", "resume", "990001"],
        ):
            with self.subTest(words):
                said = self.hub(*words, code=1)
                self.assertIn(f"there is no file {self.database}", said)
                self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_file_of_something_else_is_named_and_left_as_it_is(self):
        self.database.write_text("produce,price,en\n")
        for words in (["stations"], ["station", "add", "990001", "--address", "hub.example:1"]):
            self.assertIn("is no file of stationhub", self.hub(*words, code=1))
        self.assertEqual(self.database.read_text(), "produce,price,en\n")

    def test_a_file_that_others_can_read_is_closed_to_them_aloud(self):
        self.add()
        self.assertEqual(self.database.stat().st_mode & 0o777, 0o600)
        self.database.chmod(0o664)
        self.assertIn("(mode 664); it is 600 now", self.hub("stations"))
        self.assertEqual(self.database.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("600", self.hub("stations"))

    def test_the_next_key_is_promoted_once_all_stations_can_know_it(self):
        def pins():
            return json.loads(self.hub("keys", "show", "--json"))

        code = self.add().splitlines()[-1].split(" ")
        first = pins()
        self.assertEqual(code[5:], [first["current"], first["next"]])
        self.assertIn("Restart `serve`", self.hub("keys", "promote"))
        second = pins()
        self.assertEqual(second["current"], first["next"])
        self.assertEqual(second["withoutNext"], ["990001/1"])
        said = self.hub("keys", "promote", code=1)
        self.assertIn("1 stations have no code that names the next key: 990001/1", said)
        self.hub("station", "code", "990001", "--address", "hub.example:8443")
        self.hub("keys", "promote")
        self.hub("keys", "promote", "--even-if-stations-are-lost")

    def test_whatever_stands_in_a_list_or_on_the_line_is_taken_or_refused(self):
        self.add()
        dice = random.Random(1)
        letters = "0123456789/-.:;,[]{}\"'\\ \n\u00e9\u82f9apple"

        def garbage(most):
            return "".join(dice.choice(letters) for _ in range(dice.randrange(1, most)))

        rows = json.dumps([{"produce": "10001", "price": "4.50", "en": "Apples"}])
        path = self.folder / "list.json"
        for turn in range(60):
            with self.subTest(turn):
                text = rows if turn % 2 else "produce,price,en\n10001,4.50,Apples\n"
                place = dice.randrange(len(text))
                path.write_text(text[:place] + garbage(6) + text[place + dice.randrange(3) :])
                done = run(HUB, "prices", "set", path, "--db", self.database)
                self.assertIn(done.returncode, (0, 65), done.stdout)
                word = " " + garbage(12)
                for words in (["limit", "990001", word], ["decide", word, "rejected"]):
                    done = run(HUB, *words, "--db", self.database)
                    self.assertIn(done.returncode, (1, 64), done.stdout)
        for raw in (b"\xff\xfe[\x00", b"[" * 100_000, b"", b"\x00" * 10):
            path.write_bytes(raw)
            done = run(HUB, "prices", "set", path, "--db", self.database)
            self.assertIn(done.returncode, (1, 65), done.stdout)

    def serve(self):
        """A hub that listens, and its port."""
        process = subprocess.Popen(
            [HUB, "serve", "--db", self.database, "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if found := re.search(r"address=127\.0\.0\.1:(\d+)", line):
                return process, int(found.group(1))
        self.fail(f"ended with {process.wait()}")

    def test_it_serves_until_it_is_told_to_stop(self):
        process, port = self.serve()
        self.assertGreater(port, 0)
        process.send_signal(signal.SIGTERM)
        _, rest = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, rest)

    def test_it_ends_within_a_second_whoever_is_connected(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        head = b"POST /v1/stations/990001/sync HTTP/1.1\r\nHost: hub\r\n"
        took = []
        # The best of three: the machine may be busy, the program may not wait for anybody.
        for _ in range(3):
            process, port = self.serve()
            with socket.create_connection(("127.0.0.1", port)):
                peers = []
                for said in (b"", head, head + b"Content-Length: 9\r\n\r\nhalf"):
                    peer = socket.create_connection(("127.0.0.1", port))
                    peers.append(context.wrap_socket(peer))
                    peers[-1].sendall(said)
                start = time.monotonic()
                process.send_signal(signal.SIGTERM)
                _, rest = process.communicate(timeout=PATIENCE)
                took.append(time.monotonic() - start)
                self.assertEqual(process.returncode, 0, rest)
                self.assertNotIn("Fatal", rest)
                for peer in peers:
                    peer.close()
        self.assertLess(min(took), 1, took)
