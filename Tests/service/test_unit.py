"""systemd/stationd.service as systemd itself reads it."""

import configparser
import pathlib
import re
import tempfile
import unittest

from tree import ROOT, run, write_program

UNIT = ROOT / "systemd" / "stationd.service"
EXPOSURE_MAX = 1.5


class Unit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def verified(self, text):
        """What systemd-analyze finds wrong. The program it starts is one that is there."""
        program = write_program(self.folder / "stationd", "#!/bin/sh\n")
        unit = self.folder / "stationd.service"
        unit.write_text(text.replace("/usr/local/bin/stationd", str(program)))
        result = run("systemd-analyze", "verify", unit)
        return result.stdout.strip() or ("" if result.returncode == 0 else "failed")

    def exposure(self, text):
        unit = self.folder / "stationd.service"
        unit.write_text(text)
        out = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit).stdout
        return float(re.search(r"exposure level for \S+: ([\d.]+)", out).group(1))

    def test_systemd_finds_nothing_wrong(self):
        self.assertEqual(self.verified(UNIT.read_text()), "")

    def test_systemd_would_find_a_misspelled_setting(self):
        wrong = UNIT.read_text().replace("WatchdogSec=", "WatchDogSec=")
        self.assertIn("WatchDogSec", self.verified(wrong))

    def test_the_sandbox_is_tight(self):
        self.assertLessEqual(self.exposure(UNIT.read_text()), EXPOSURE_MAX)

    def test_an_open_sandbox_would_be_found(self):
        text = UNIT.read_text()
        for line in ("CapabilityBoundingSet=", "SystemCallFilter=@system-service"):
            text = text.replace(line + "\n", "")
        self.assertGreater(self.exposure(text), EXPOSURE_MAX)

    def test_what_the_daemon_counts_on_is_there(self):
        parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
        parser.optionxform = str
        parser.read(UNIT)
        service = parser["Service"]
        expected = {
            "Type": "notify",
            "WatchdogSec": "60",
            "Restart": "always",
            "RestartPreventExitStatus": "78",
            "User": "stationd",
            "Group": "stationd",
            "StateDirectory": "stationd",
            "StateDirectoryMode": "0700",
            "RuntimeDirectory": "stationd",
            "RuntimeDirectoryPreserve": "yes",
            "DeviceAllow": "char-usb_device rw",
        }
        self.assertEqual({key: service.get(key) for key in expected}, expected)
        self.assertEqual(parser["Unit"]["StartLimitIntervalSec"], "0")
        families = set(service["RestrictAddressFamilies"].split())
        self.assertEqual(families, {"AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK"})
        # These three would hide the devices, the network and the boot id from the daemon.
        for key in ("PrivateDevices", "PrivateNetwork", "ProcSubset"):
            self.assertNotIn(key, service)


if __name__ == "__main__":
    unittest.main()
