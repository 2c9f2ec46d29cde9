"""Each check of scripts/tidy finds what it is for, in a small tree that is wrong on purpose."""

import pathlib
import tempfile
import unittest

from tree import ROOT, run

MANIFEST = 'targets: ["StationCore", "Drivers", "Journal", "StationCoreTests"]\n'
GOOD = {
    "Package.swift": MANIFEST,
    "README.md": "# Start\n\n[here](#start), [there](docs/architecture.md)\n",
    "docs/architecture.md": "| 1 | sums are zero | `sums are zero` |\n",
    "Sources/StationCore/Fen.swift": "public struct Fen {}\n",
    "Sources/Drivers/ScaleHID.swift": 'let name = "scale-hid"\n',
    "Sources/Simulators/Captures/scale-hid/zero.capture": "# device: none\n03 02\n",
    "Sources/Simulators/Captures/scale-hid/zero.expected": "{}\n",
    "Tests/StationCoreTests/FenTests.swift": "@Test func `sums are zero`() {}\n",
}


class Tidy(unittest.TestCase):
    def found(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**GOOD, **changes}.items():
                if text is None:
                    continue
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            result = run(ROOT / "scripts" / "tidy", folder)
        lines = result.stdout.splitlines()
        findings = [line for line in lines[:-1] if not line.startswith("note:")]
        self.assertRegex(lines[-1], r"^\d+ passed, \d+ failed$", result.stdout)
        self.assertEqual(result.returncode, 1 if findings else 0, result.stdout)
        return findings

    def assert_finds(self, path, text, *words):
        findings = self.found({path: text})
        self.assertEqual(len(findings), 1, findings)
        for word in words:
            self.assertIn(word, findings[0])

    def test_a_tidy_tree_has_no_findings(self):
        self.assertEqual(self.found({}), [])

    def test_this_checks_its_own_tree_without_being_told(self):
        result = run(ROOT / "scripts" / "tidy", cwd="/")
        self.assertRegex(result.stdout.splitlines()[-1], r"^\d+ passed, \d+ failed$")

    def test_a_dependency_that_is_not_imported(self):
        manifest = 'library("StationCore"),\nlibrary("Drivers", ["StationCore", log]),\n"Journal", "StationCoreTests"\n'
        findings = self.found({"Package.swift": manifest})
        self.assertEqual(len(findings), 1, findings)
        self.assertIn("Drivers depends on StationCore", findings[0])
        used = {"Package.swift": manifest, "Sources/Drivers/Use.swift": "import StationCore\nlet a = 1\n"}
        self.assertEqual(self.found(used), [])
        page = "| 1 | sums are zero | `sums are zero` |\n"
        rows = page + "| `Drivers` | devices | `StationCore`, `Ports` |\n"
        findings = self.found({**used, "docs/architecture.md": rows})
        self.assertEqual(len(findings), 1, findings)
        self.assertIn("docs/architecture.md:2: Drivers and Package.swift differ in Ports", findings[0])
        told = page + "| `Drivers` | devices | `StationCore` |\n"
        self.assertEqual(self.found({**used, "docs/architecture.md": told}), [])

    def test_a_long_function(self):
        body = "    let brace = \"{\"  // }\n" * 70
        self.assert_finds(
            "Sources/StationCore/Long.swift",
            "struct Long {\n    func long(\n        _ x: Int\n    ) -> Int {\n" + body + "    }\n}\n",
            ":2:", "long has 74 lines",
        )
        short = "struct Short {\n    init() {\n" + body[: 60 * 24] + "    }\n    var x: Int { 1 }\n}\n"
        self.assertEqual(self.found({"Sources/StationCore/Short.swift": short}), [])

    def test_what_can_stop_the_shop(self):
        for line in (
            "let a = b!",
            "let a = b()!.c",
            "let a = try! b()",
            "let a = b as! Int",
            "var a: Int!",
            "let a = b[0]!",
        ):
            with self.subTest(line=line):
                self.assert_finds("Sources/Journal/A.swift", line + "\n", "can stop the shop")

    def test_what_only_looks_like_it(self):
        for line in (
            "if a != b {}",
            "let a = !b",
            'let a = "stop!"',
            "let a = b  // really!",
            'let a = """\n    hurry!\n    """',
            'let a = "\\(b("x"))!"',
        ):
            with self.subTest(line=line):
                self.assertEqual(self.found({"Sources/Journal/A.swift": line + "\n"}), [])

    def test_foundation_as_a_whole(self):
        for line in ("import Foundation", "public import Foundation", "import class Foundation.Pipe"):
            with self.subTest(line=line):
                self.assert_finds(
                    "Sources/Journal/A.swift", line + "\nlet a = 1\n", "imports Foundation"
                )
        essentials = "import FoundationEssentials\nlet a = 1\n"
        self.assertEqual(self.found({"Sources/Journal/A.swift": essentials}), [])
        self.assert_finds("Sources/StationCore/A.swift", essentials, "no Foundation of any kind")

    def test_files_that_belong_nowhere(self):
        self.assert_finds("Sources/Lost/A.swift", "let a = 1\n", "no target")
        self.assert_finds("Sources/Journal/A.swift", "// nothing\nimport Ports\n", "no code")
        self.assert_finds("Sources/Journal/Utils.swift", "let a = 1\n", "a name that says")

    def test_a_promise_without_its_reason(self):
        line = "final class A: @unchecked Sendable {}\n"
        self.assert_finds("Sources/Journal/A.swift", line, "Safety:")
        self.assertEqual(self.found({"Sources/Journal/A.swift": "// Safety: why\n" + line}), [])

    def test_a_test_without_a_fact_for_a_name(self):
        path = "Tests/StationCoreTests/A.swift"
        self.assert_finds(path, "@Test func testSums() {}\n", "testSums")
        self.assert_finds(path, "@Test(arguments: f(0..<2))\nfunc sums(a: Int) {}\n", "sums")

    def test_captures_that_nobody_replays(self):
        folder = "Sources/Simulators/Captures"
        self.assert_finds(f"{folder}/scale-hid/one.capture", "03\n", "no .expected")
        self.assert_finds(f"{folder}/scale-hid/one.expected", "{}\n", "no .capture")
        findings = self.found(
            {f"{folder}/toledo/one.capture": "03\n", f"{folder}/toledo/one.expected": "{}\n"}
        )
        self.assertEqual(len(findings), 1)
        self.assertIn("no driver is called toledo", findings[0])

    def test_dead_links(self):
        self.assert_finds("README.md", "[x](docs/gone.md)\n", "dead link")
        self.assert_finds("README.md", "![x](docs/gone.png)\n", "dead link")
        self.assert_finds("README.md", "[x](#gone)\n", "no heading #gone")
        fenced = "```\n[x](gone.md)\n```\n"
        self.assertEqual(self.found({"README.md": fenced}), [])

    def test_leftovers(self):
        for text in ("// TO" "DO: later\n", "// FIX" "ME\n", "<<<<" "<<< HEAD\n"):
            with self.subTest(text=text):
                self.assert_finds("scripts/a.sh", text, "leftover")
        self.assert_finds("scripts/a.sh", "cat ../" "shared/x\n", "outside of this repository")
        self.assert_finds("scripts/a.sh", "cd /ho" "me/somebody\n", "outside of this repository")
        self.assert_finds("scripts/a.sh", "true \n", "blanks")

    def test_an_invariant_whose_test_is_gone(self):
        self.assert_finds(
            "docs/architecture.md", "| 1 | sums are zero | `sums were zero` |\n", "sums were zero"
        )

    def test_a_long_file_is_only_noted(self):
        self.assertEqual(self.found({"Sources/Journal/A.swift": "let a = 1\n" * 700}), [])


if __name__ == "__main__":
    unittest.main()
