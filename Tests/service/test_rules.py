"""udev/60-station.rules, tried by udevadm on emulated devices.

udevadm reads rules and groups of the system only, so it runs where mounts are its own: a folder of
rules that holds ours, and a list of groups that knows `stationd`.
"""

import pathlib
import re
import tempfile
import unittest

from tree import ROOT, run

RULES = ROOT / "udev" / "60-station.rules"
PATH = "/devices/pci0000:00/usb1/1-2"
ROW = re.compile(
    r'^ATTR\{idVendor\}=="(\w{4})"(?:, ATTR\{idProduct\}=="(\w{4})")?'
    r', ENV\{STATION_DEVICE\}="(scanner|scale|printer)"$',
    re.M,
)
# Descriptors of a device, its configuration, an interface (printer, protocol 2), an endpoint.
PRINTER_CLASS = bytes.fromhex(
    "12 01 00 02 00 00 00 40 86 1f 01 00 00 01 00 00 00 01"
    "09 02 19 00 01 01 00 c0 32"
    "09 04 00 00 01 07 01 02 00"
    "07 05 01 02 40 00 00"
).hex()



def device(vendor, product, descriptors=""):
    """A USB device in the form that umockdev reads."""
    descriptors = descriptors and f"H: descriptors={descriptors}\n"
    return f"""P: {PATH}
N: bus/usb/001/003
E: DEVTYPE=usb_device
E: DEVNAME=/dev/bus/usb/001/003
E: BUSNUM=001
E: DEVNUM=003
E: MAJOR=189
E: MINOR=2
E: SUBSYSTEM=usb
E: PRODUCT={vendor}/{product}/100
A: idVendor={vendor}\\n
A: idProduct={product}\\n
A: busnum=1\\n
A: devnum=3\\n
A: power/control=auto\\n
{descriptors}
"""


class Rules(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def tried(self, rules, vendor, product, descriptors=""):
        """What udevadm says when this device is plugged in."""
        (self.folder / "rules").mkdir(exist_ok=True)
        (self.folder / "rules" / "60-station.rules").write_text(rules)
        groups = pathlib.Path("/etc/group").read_text().rstrip("\n")
        if not re.search(r"^stationd:", groups, re.M):
            groups += "\nstationd:x:64999:"
        (self.folder / "group").write_text(groups + "\n")
        (self.folder / "device.umockdev").write_text(
            device(vendor, product, descriptors)
        )
        result = run(
            "unshare", "--mount", "--map-root-user", "sh", "-ec",
            f"""
            mount -t tmpfs tmpfs /run
            if [ -d /dev/char ]; then mount -t tmpfs tmpfs /dev/char; fi
            mkdir -p /run/udev/rules.d
            mount --bind {self.folder}/rules /run/udev/rules.d
            mount --bind {self.folder}/group /etc/group
            exec umockdev-run -d {self.folder}/device.umockdev -- \
                udevadm test --action=add /sys{PATH}
            """,
        )
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def assert_opened(self, out, kind):
        # systemd 252 writes the group's number, later versions its name beside it.
        self.assertRegex(out, r"60-station.rules:\d+ GROUP")
        self.assertRegex(out, r"60-station.rules:\d+ MODE 0660")
        self.assertIn("ID_MM_DEVICE_IGNORE=1", out)
        self.assertIn(f"STATION_DEVICE={kind}", out)
        # What is written to sysfs: 252 says `ATTR '…/power/control' writing 'on'`, 257 that it
        # skips `writing ATTR{…/power/control}="on"`.
        awake = re.search(r"60-station.rules:\d+ .*ATTR.*power/control.*on", out)
        self.assertEqual(bool(awake), kind == "scanner", out)

    def assert_clean(self, out):
        ours = [line for line in out.splitlines() if "60-station.rules" in line]
        bad = re.compile(r"(?i)invalid|unknown|unexpected|ignor(?:ing|ed)|failed")
        self.assertEqual([line for line in ours if bad.search(line)], [])

    def test_every_row_opens_its_device_to_the_group(self):
        rules = RULES.read_text()
        rows = ROW.findall(rules)
        self.assertGreaterEqual({kind for _, _, kind in rows}, {"scanner", "scale", "printer"})
        for vendor, product, kind in rows:
            with self.subTest(vendor=vendor, product=product):
                out = self.tried(rules, vendor, product or "0001")
                self.assert_opened(out, kind)
                self.assert_clean(out)

    def test_a_printer_is_known_by_its_class_alone(self):
        out = self.tried(RULES.read_text(), "1f86", "0001", PRINTER_CLASS)
        self.assert_opened(out, "printer")
        self.assert_clean(out)

    def test_another_device_is_left_alone(self):
        out = self.tried(RULES.read_text(), "1d6b", "0002")
        self.assertNotRegex(out, r"60-station.rules:\d+ (?:GROUP|MODE)")
        self.assertNotIn("ID_MM_DEVICE_IGNORE", out)

    def test_a_printer_that_the_catalog_leaves_alone_is_not_opened(self):
        out = self.tried(RULES.read_text(), "0a5f", "0080", PRINTER_CLASS)
        self.assertNotRegex(out, r"60-station.rules:\d+ (?:GROUP|MODE)")
        self.assert_clean(out)

    def test_a_wrong_rule_would_be_found(self):
        rules = RULES.read_text().replace('GROUP="stationd"', 'GRUOP="stationd"')
        vendor, product, _ = ROW.findall(rules)[0]
        with self.assertRaises(AssertionError):
            self.assert_clean(self.tried(rules, vendor, product))


if __name__ == "__main__":
    unittest.main()
