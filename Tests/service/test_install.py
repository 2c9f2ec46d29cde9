"""scripts/install and scripts/uninstall, into the tree of a system that is not this one."""

import os
import pathlib
import re
import tempfile
import unittest

from tree import ROOT, run, write_program

INSTALLED = {
    "usr/local/bin/stationd": 0o755,
    "usr/local/bin/stationctl": 0o755,
    "etc/systemd/system/stationd.service": 0o644,
    "etc/sysusers.d/stationd.conf": 0o644,
    "etc/udev/rules.d/60-station.rules": 0o644,
    "usr/local/share/doc/stationd/example.conf": 0o644,
    "usr/local/share/doc/stationd/operating.md": 0o644,
    "usr/local/share/doc/stationd/adding-a-driver.md": 0o644,
    "usr/local/share/doc/stationd/decode.md": 0o644,
    "usr/local/share/doc/stationd/journal-format.md": 0o644,
    "usr/local/share/doc/stationd/LICENSE": 0o644,
}


def files(root):
    return {
        str(path.relative_to(root)): path.stat().st_mode & 0o777
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "system"
        self.binaries = pathlib.Path(folder.name) / "binaries"
        for name in ("stationd", "stationctl"):
            write_program(self.binaries / name, "#!/bin/sh\necho first\n")

    def script(self, name, *arguments, **options):
        result = run(ROOT / "scripts" / name, *arguments, **options)
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def install(self):
        destination = {"DESTDIR": str(self.root)}
        return self.script("install", "--binaries", self.binaries, env=destination)

    def test_files_are_where_the_system_looks_for_them(self):
        self.install()
        self.assertEqual(files(self.root), INSTALLED)

    def test_a_page_links_what_lies_beside_it(self):
        self.install()
        folder = self.root / "usr/local/share/doc/stationd"
        links = re.findall(r"\]\(([^)#:]+)\)", (folder / "operating.md").read_text())
        self.assertIn("example.conf", links)
        for link in links:
            self.assertTrue((folder / link).is_file(), link)

    def test_a_second_time_replaces_the_programs_and_keeps_settings_and_journal(self):
        self.install()
        setting = self.root / "etc/systemd/system/stationd.service.d/override.conf"
        journal = self.root / "var/lib/stationd/journal.db"
        for path in (setting, journal):
            path.parent.mkdir(parents=True)
            path.write_text("kept")
        write_program(self.binaries / "stationd", "#!/bin/sh\necho second\n")
        self.install()
        self.assertIn("second", (self.root / "usr/local/bin/stationd").read_text())
        self.assertEqual([p.read_text() for p in (setting, journal)], ["kept", "kept"])

    def test_uninstall_takes_everything_but_the_journal_and_the_settings(self):
        self.install()
        setting = self.root / "etc/systemd/system/stationd.service.d/override.conf"
        journal = self.root / "var/lib/stationd/journal.db"
        for path in (setting, journal):
            path.parent.mkdir(parents=True)
            path.write_text("kept")
        said = self.script("uninstall", "--root", self.root)
        self.assertEqual(
            set(files(self.root)), {str(p.relative_to(self.root)) for p in (setting, journal)}
        )
        self.assertIn("The journal stays", said)
        self.script("uninstall", "--root", self.root, "--purge")
        self.assertEqual(files(self.root), {})

    @unittest.skipUnless(os.geteuid() == 0, "making a user in another system's tree needs root")
    def test_an_image_gets_the_user_and_starts_the_service_at_boot(self):
        self.script("install", "--root", self.root, "--binaries", self.binaries)
        users = (self.root / "etc/passwd").read_text()
        self.assertRegex(users, r"(?m)^stationd:x:\d+:\d+:.*:/usr/sbin/nologin$")
        self.assertRegex((self.root / "etc/group").read_text(), r"(?m)^stationd:x:\d+:$")
        wanted = self.root / "etc/systemd/system/multi-user.target.wants/stationd.service"
        self.assertTrue(wanted.is_symlink())
        self.script("uninstall", "--root", self.root)
        self.assertFalse(wanted.is_symlink())

    def test_a_folder_without_the_programs_is_named_and_nothing_is_installed(self):
        (self.binaries / "stationctl").unlink()
        result = run(ROOT / "scripts" / "install", "--root", self.root, "--binaries", self.binaries)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"there is no stationctl in {self.binaries}", result.stdout)
        self.assertFalse(self.root.exists())

    def test_an_option_without_its_folder_is_wrong_use(self):
        self.install()
        before = files(self.root)
        for name, option in (
            ("install", "--root"), ("install", "--binaries"), ("uninstall", "--root")
        ):
            for words in ([option], [option, ""]):
                result = run(ROOT / "scripts" / name, *words, env={"DESTDIR": str(self.root)})
                self.assertEqual(result.returncode, 2, result.stdout)
                self.assertEqual(result.stdout, f"{name}: {option} needs a folder\n")
        self.assertEqual(files(self.root), before)

    def test_a_wrong_word_changes_nothing(self):
        for name in ("install", "uninstall"):
            result = run(ROOT / "scripts" / name, "--rooot", self.root)
            self.assertEqual(result.returncode, 2)
            self.assertIn("--rooot", result.stdout)
        self.assertFalse(self.root.exists())


if __name__ == "__main__":
    unittest.main()
