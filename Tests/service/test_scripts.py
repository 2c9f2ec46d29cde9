"""The scripts as files, and how scripts/parts.bash counts."""

import pathlib
import re
import shlex
import tempfile
import unittest

from tree import ROOT, run, write_program


class Scripts(unittest.TestCase):
    def test_every_script_can_be_run_and_parsed(self):
        scripts = [p for p in (ROOT / "scripts").iterdir() if p.is_file()] + [ROOT / ".ci" / "run"]
        self.assertGreater(len(scripts), 8)
        for path in scripts:
            with self.subTest(script=path.name):
                first = path.read_text().split("\n", 1)[0]
                self.assertEqual(path.stat().st_mode & 0o111 != 0, first.startswith("#!"))
                if "python" not in first:
                    result = run("bash", "-n", path)
                    self.assertEqual((result.returncode, result.stdout), (0, ""))

    def parts(self, body):
        with tempfile.TemporaryDirectory() as folder:
            script = write_program(
                pathlib.Path(folder) / "check",
                f"#!/bin/bash\nset -euo pipefail\n. {ROOT}/scripts/parts.bash\n{body}\n",
            )
            return run(script, cwd=folder, env={"CHECK_PARTS": ""})

    def test_parts_are_added_up(self):
        result = self.parts(
            """
            part one printf '3 passed, 0 failed\\n'
            part two true
            parts_summary
            """
        )
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "4 passed, 0 failed")

    def test_a_part_that_fails_fails_the_whole(self):
        for failing in (
            "printf '3 passed, 2 failed\\n'",
            "false",
            "bash -c 'echo 3 passed, 0 failed; exit 1'",
        ):
            with self.subTest(failing=failing):
                result = self.parts(f"part one {failing} || true\npart two true\nparts_summary")
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertRegex(result.stdout.splitlines()[-1], r"^\d+ passed, [12] failed$")

    def test_a_part_that_never_ran_fails_the_whole(self):
        result = self.parts("part 'one more' true\nparts_require one 'one more' two\nparts_summary")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "1 passed, 2 failed")
        self.assertRegex(result.stdout, r"(?m)^two \(did not run\) ")

    def test_every_part_of_the_whole_is_required(self):
        scripts = [(ROOT / "scripts" / name).read_text() for name in ("check", "test")]
        begun = re.findall(r"^[^#\n]*\bpart (\"[^\"]+\"|\w+)", "\n".join(scripts), re.M)
        required = re.search(r"^parts_require ((?:.*\\\n)*.*)", scripts[1], re.M).group(1)
        names = shlex.split(required.replace("\\\n", " "))
        self.assertEqual(sorted(names), sorted(shlex.split(" ".join(begun))))

    def test_the_one_who_began_prints_the_sum_once(self):
        result = self.parts(
            f"""
            part one true
            bash -c 'set -euo pipefail; . {ROOT}/scripts/parts.bash; part two true; parts_summary'
            parts_summary
            """
        )
        self.assertEqual(result.stdout.count("2 passed, 0 failed"), 1, result.stdout)


if __name__ == "__main__":
    unittest.main()
