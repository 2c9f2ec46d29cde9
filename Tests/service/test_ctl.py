"""stationctl's own command line, where only the program as a whole shows what it does.

The programs are the debug builds that the other tests use; `scripts/check` has built them.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from tree import ROOT, run

PROGRAMS = ROOT / ".build" / "debug"
WRONG, FAILED = 4, 1
NOBODY = 65534


class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.state = self.folder / "state"
        self.state.mkdir()
        made = run(PROGRAMS / "journalworkload", "append", self.state, 900, 1, "normal")
        self.assertEqual(made.returncode, 0, made.stdout)
        self.file = self.state / "journal.sqlite"

    def ctl(self, *arguments, **options):
        """Both outputs apart from each other."""
        program = options.pop("program", PROGRAMS / "stationctl")
        return subprocess.run(
            [program, *arguments, "--state-directory", self.state],
            capture_output=True, text=True, timeout=60, **options)

    def test_what_is_right_is_exported_before_the_damage_is_said(self):
        whole = self.ctl("journal", "export")
        self.assertEqual((whole.returncode, whole.stderr), (0, ""))
        size = self.file.stat().st_size
        for part in (0.9, 0.3):
            with self.subTest(part=part):
                os.truncate(self.file, int(size * part))
                cut = self.ctl("journal", "export")
                lines = cut.stdout.splitlines()
                self.assertGreater(len(lines), 20)
                self.assertEqual(lines, whole.stdout.splitlines()[:len(lines)])
                self.assertIn(f"entry {len(lines) + 1}: ", cut.stderr)
                self.assertEqual(cut.returncode, WRONG)
                found = self.ctl("journal", "verify", "--json")
                self.assertEqual(json.loads(found.stdout)["entries"], len(lines))
                self.assertEqual(found.returncode, WRONG)
                listed = self.ctl("journal", "list", "--count", "3")
                self.assertEqual(len(listed.stdout.splitlines()), 4)
                self.assertEqual(listed.returncode, WRONG)

    def test_who_may_read_the_journal_is_said(self):
        # Every folder above must let anybody through, but for the journal's own.
        self.folder.chmod(0o755)
        self.state.chmod(0o700)
        options = {}
        if os.getuid() == 0:
            program = self.folder / "stationctl"
            shutil.copy(PROGRAMS / "stationctl", program)
            options = {"user": NOBODY, "program": program, "cwd": "/"}
        else:
            self.state.chmod(0)
            self.addCleanup(self.state.chmod, 0o700)
        for command in (["journal", "verify"], ["journal", "list"], ["journal", "rebuild"],
                        ["journal", "export"], ["print", "preview", "3"]):
            with self.subTest(command=command):
                done = self.ctl(*command, **options)
                self.assertIn("no right to read", done.stderr)
                owner = self.state.owner()
                who = "root" if owner == "root" else f"root or as {owner}"
                self.assertTrue(done.stderr.endswith(f": run it as {who}\n"), done.stderr)
                self.assertNotIn("there is no journal", done.stderr)
                self.assertEqual(done.returncode, FAILED)


if __name__ == "__main__":
    unittest.main()
