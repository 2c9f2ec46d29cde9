"""scripts/bootstrap on machines that lack something, played by programs that come first in PATH."""

import os
import pathlib
import tempfile
import unittest

from tree import ROOT, run, write_program

NEW_SWIFT = "Swift version 6.2 (swift-6.2-RELEASE)"


class Bootstrap(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = self.folder / "log"
        self.program("apt-get", f'echo "$*" >>{self.log}')
        self.program("dpkg-query", "printf installed")
        self.program("id", "echo 0")
        self.program("swift", f'echo "{NEW_SWIFT}"')

    def program(self, name, body):
        write_program(self.folder / "bin" / name, f"#!/bin/sh\n{body}\n")

    def bootstrap(self, *arguments):
        path = f"{self.folder}/bin:/usr/bin:/bin"
        return run(ROOT / "scripts" / "bootstrap", *arguments, env={"PATH": path})

    def calls(self):
        return self.log.read_text() if self.log.exists() else ""

    def test_says_nothing_and_calls_nothing_when_all_is_there(self):
        result = self.bootstrap("build")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertEqual(self.calls(), "")

    def test_installs_only_what_is_missing(self):
        self.program("dpkg-query", 'case "$*" in *libusb*) exit 1 ;; esac; printf installed')
        result = self.bootstrap("build")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn(" libusb-1.0-0-dev", self.calls())
        self.assertNotIn("libzstd", self.calls())
        self.assertNotIn("update", self.calls())

    def test_fetches_the_lists_of_packages_only_when_they_do_not_serve(self):
        self.program("dpkg-query", "exit 1")
        self.program(
            "apt-get",
            f"""echo "$1" >>{self.log}
            case $1 in
                update) touch {self.folder}/updated ;;
                install) [ -e {self.folder}/updated ] ;;
            esac""",
        )
        result = self.bootstrap("build")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(self.calls().split(), ["install", "update", "install"])

    def test_without_root_and_sudo_it_names_the_command(self):
        for name in ("bash", "dirname", "cat", "head"):
            (self.folder / "bin" / name).symlink_to(f"/bin/{name}")
        self.program("dpkg-query", 'case "$*" in *libusb*) exit 1 ;; esac; printf installed')
        self.program("id", "echo 1000")
        bash = self.folder / "bin" / "bash"
        path = {"PATH": f"{self.folder}/bin"}
        result = run(bash, ROOT / "scripts" / "bootstrap", "build", env=path)
        self.assertEqual(result.returncode, 1)
        self.assertIn(
            "as root: apt-get install --no-install-recommends libusb-1.0-0-dev", result.stdout
        )

    def test_an_older_swift_is_named_and_where_to_get_a_newer_one(self):
        self.program("swift", 'echo "Swift version 6.1.2 (swift-6.1.2-RELEASE)"')
        result = self.bootstrap("build")
        self.assertEqual(result.returncode, 3)
        self.assertIn("Swift 6.2 or newer is needed; found: Swift version 6.1.2", result.stdout)
        self.assertIn("https://www.swift.org/install/linux/", result.stdout)

    def test_no_swift_is_said_and_where_to_get_it(self):
        (self.folder / "bin" / "swift").unlink()
        self.assertFalse(os.path.exists("/usr/bin/swift"), "this test needs Swift elsewhere")
        result = self.bootstrap("build")
        self.assertEqual(result.returncode, 3)
        self.assertIn("Swift 6.2 or newer is needed; none was found", result.stdout)

    def test_newer_versions_of_swift_will_do(self):
        for version in ("6.2", "6.3.1", "6.10", "7.0"):
            with self.subTest(version=version):
                self.program("swift", f'echo "Swift version {version} (x)"')
                self.assertEqual(self.bootstrap("build").returncode, 0)

    def test_an_unknown_word_is_refused(self):
        self.assertEqual(self.bootstrap("biuld").returncode, 2)


if __name__ == "__main__":
    unittest.main()
