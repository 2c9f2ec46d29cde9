"""The replay of power cuts says by its exit code what was wrong: a control must fail as it must."""

import pathlib
import sys
import tempfile
import unittest

from tree import ROOT, run, write_program

LOST, WRONG = 3, 4

# Answers with as many entries as the file has bytes, or as the test wants it.
CHECK = """#!/usr/bin/env python3
import pathlib, sys
for line in sys.stdin:
    file = pathlib.Path(line.strip()) / "journal"
    print({answer}, flush=True)
"""
COUNT = 'str(len(file.read_bytes()) if file.exists() else 0) + " ok"'


class PowerCuts(unittest.TestCase):
    def replay(self, changes, answer=COUNT, acknowledged=2, left=b"ab"):
        """`changes` are (op, offset, data) on one file."""
        with tempfile.TemporaryDirectory() as name:
            place = pathlib.Path(name)
            folder = place / "state"
            folder.mkdir()
            (folder / "journal").write_bytes(left)
            log = b""
            for op, offset, data in changes:
                path = b"-" if op == "A" else str(folder / "journal").encode()
                log += f"{op} {offset} {len(data)} {len(path)}\n".encode() + path + data
            (place / "log").write_bytes(log)
            check = write_program(place / "check", CHECK.format(answer=answer))
            replay = ROOT / "Tests" / "powercut" / "replay.py"
            return run(sys.executable, replay, folder, check, acknowledged, place / "log")

    SYNCED = [("W", 0, b"a"), ("S", 0, b""), ("A", 1, b""),
              ("W", 1, b"b"), ("S", 0, b""), ("A", 2, b"")]
    UNSYNCED = SYNCED[:4] + [("A", 2, b"")]

    def test_what_was_synced_before_it_was_acknowledged_is_there(self):
        result = self.replay(self.SYNCED)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_what_was_acknowledged_before_it_was_synced_is_lost(self):
        result = self.replay(self.UNSYNCED + [("W", 1, b"b"), ("S", 0, b"")])
        self.assertEqual(result.returncode, LOST, result.stdout)

    def test_no_other_fault_passes_for_a_loss(self):
        for what, arguments in {
            "a wrong journal": {"answer": "'2 entry 2: hash'"},
            "an entry that nobody wrote": {"answer": "'9 ok'"},
            "a recording that lacks the end": {"acknowledged": 3},
            "a recording that lacks a write": {"left": b"abc"},
            "nothing good at all": {"answer": "'-1 ok'"},
        }.items():
            with self.subTest(what):
                result = self.replay(self.SYNCED, **arguments)
                self.assertEqual(result.returncode, WRONG, result.stdout)

    def test_a_check_that_dies_is_no_loss(self):
        result = self.replay(self.SYNCED, answer="sys.exit(1)")
        self.assertNotIn(result.returncode, (0, LOST), result.stdout)


if __name__ == "__main__":
    unittest.main()
