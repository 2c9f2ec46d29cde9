"""What the panel does to the world, by keyboard, and what becomes of it at the counter."""

import contextlib
import re
import unittest

from browser import (
    ASK_HEAD_OFFICE, BASKET_DONE, DAY, EXACT_CASH, ORDER, PAY_CASH, PRODUCE, TAKE_CASH,
    TAKE_WEIGHT, browser,
)
from demo import BADGE, PanelKeys, demo


def command(number):
    return f"button[name=command][value='{number}']"


class Mishaps(unittest.TestCase):
    """Each button of the panel that hurts is pressed, and nothing is lost by it."""

    def test_scale_and_printer_fail_and_every_slip_comes_out(self):
        with self.shop() as hands:
            self.the_scale_sleeps(hands)
            self.the_cover_is_open(hands)
            self.the_roll_ends(hands)
            self.the_printer_is_confused(hands)

    def test_all_reaches_head_office_whatever_becomes_of_the_line(self):
        with self.shop() as hands:
            self.the_line_is_silent(hands)
            self.the_line_is_thin(hands)
            self.the_line_is_cut_after_bytes(hands)
            self.head_office_rejects(hands)
            self.the_power_is_cut(hands)

    @contextlib.contextmanager
    def shop(self):
        """With an open day."""
        with demo("en") as shop, browser(1280, 720) as page:
            page.driver.get(shop.panel)
            hands = PanelKeys(page)
            try:
                hands.enter(BADGE)
                hands.choose_pin()
                hands.seen(lambda page: page.find(page.command(DAY)))
                hands.open_day()
                yield hands
            except BaseException:
                page.picture("world failed")
                raise

    # Scale and printer

    def weigh(self, hands, grams):
        """Another weight each time: the same again would be asked about."""
        hands.choose_produce()
        hands.put_on(grams)
        hands.seen(lambda page: f"{grams / 1000:.3f}" in page.text("figure"))

    def pay(self, hands):
        """The number of what was booked."""
        hands.touch(command(TAKE_WEIGHT))
        hands.touch(command(PAY_CASH))
        notice = hands.seen(
            lambda page: re.search(r"No\. (\d+) booked", page.text("notice")))
        return notice.group(1)

    def comes_out(self, hands, number):
        """The slip of that number lies on the newest paper, whole, and nothing is said any more."""
        hands.page.wait(lambda: re.search(
            rf"Paid to you in cash.*No\. {number}\b", hands.page.find("#strips li").text,
            re.DOTALL), 20)
        hands.seen(lambda page: page.text("slip") == "")
        hands.enter("button[value=takeOff]")
        hands.seen(lambda page: page.find(page.command(PRODUCE)))

    def said(self, hands, words):
        hands.seen(lambda page: words in page.text("slip"))

    def the_scale_sleeps(self, hands):
        self.weigh(hands, 2350)
        hands.enter("#do-mute")
        hands.seen(lambda page: "2.350" not in page.text("figure"))
        hands.enter("#do-mute")
        hands.seen(lambda page: "2.350" in page.text("figure"))
        self.comes_out(hands, self.pay(hands))

    def the_cover_is_open(self, hands):
        self.weigh(hands, 3350)
        hands.enter("#do-cover")
        number = self.pay(hands)
        self.said(hands, "cover open: close it")
        hands.enter("#do-cover")
        self.comes_out(hands, number)

    def the_roll_ends(self, hands):
        self.weigh(hands, 4350)
        hands.enter("#do-ends")
        number = self.pay(hands)
        self.said(hands, "out of paper: put in a new roll")
        hands.enter("#do-paper[value=paperIn]")
        self.comes_out(hands, number)

    def the_printer_is_confused(self, hands):
        self.weigh(hands, 5350)
        hands.enter("#do-confuse")
        self.comes_out(hands, self.pay(hands))

    # Line and head office

    def order(self, hands):
        hands.touch(command(ORDER))
        hands.touch(".picks button")
        hands.touch(command(BASKET_DONE))
        hands.touch(command(EXACT_CASH))
        hands.touch(command(TAKE_CASH))
        hands.seen(lambda page: "booked" in page.text("notice"))

    def waits(self, hands):
        """Entries that head office does not have."""
        return hands.seen(
            lambda page: re.search(r"Not yet sent\s+(\d+)", page.text("status"))).group(1)

    def all_is_sent(self, hands):
        hands.touch(command(ASK_HEAD_OFFICE))
        hands.page.wait(lambda: self.waits(hands) == "0", 30)

    def press_line(self, hands, value, state):
        hands.enter(f"#line button[value={value}]")
        hands.page.wait(lambda: state in hands.page.text("link-state"))

    def the_line_is_silent(self, hands):
        self.press_line(hands, "silent", "nothing goes through")
        self.order(hands)
        self.assertNotEqual(self.waits(hands), "0")
        self.press_line(hands, "good", "good")
        self.all_is_sent(hands)

    def the_line_is_thin(self, hands):
        self.press_line(hands, "thin", "20 kbit/s")
        self.order(hands)
        self.all_is_sent(hands)

    def the_line_is_cut_after_bytes(self, hands):
        self.press_line(hands, "good", "good")
        hands.enter("#line form:nth-of-type(2) button")
        hands.page.wait(lambda: "a cut is to come" in hands.page.text("link-state"))
        self.order(hands)
        hands.page.wait(lambda: "a cut is to come" not in hands.page.text("link-state"), 20)
        self.all_is_sent(hands)

    def head_office_rejects(self, hands):
        hands.enter("#line button[value=rejects]")
        self.order(hands)
        self.all_is_sent(hands)
        hands.page.wait(lambda: "Not bought" in hands.page.find("#strips li").text, 30)
        hands.seen(lambda page: "Not bought" in page.text("trades"))

    def the_power_is_cut(self, hands):
        hands.enter("button[value=power]")
        hands.page.wait(lambda: "boot 2" in hands.page.text("box"), 20)
        hands.come_back()
        hands.seen(lambda page: "Not bought" in page.text("trades"))


if __name__ == "__main__":
    unittest.main()
