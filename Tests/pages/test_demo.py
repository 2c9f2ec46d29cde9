"""The demo as whoever tries it uses it: panel and counter in one browser, by keyboard alone."""

import time
import unittest

from selenium.webdriver.common.keys import Keys

from browser import (
    ANONYMOUS, BASKET_DONE, DAY, ORDER, PAY_CASH, PRODUCE, TAKE_CASH, TAKE_WEIGHT, browser,
)
from demo import BADGE, PIN, PanelKeys, demo
from looks import assert_accessible, assert_fits, assert_seen

AWAY = {"mn": "Жин алга", "zh-Hans": "没有秤"}
# A panel with forty papers on it has no more places than this to stop at.
STOPS_MAX = 60
# An answer that was being sent when the program died, and its door until it is up again.
CUT = ("net::ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR_CONNECTION_REFUSED",
       "net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE")
OLDER_BROWSER = "Object.defineProperty(Event.prototype, 'submitter', {value: undefined});" \
    "if (window.SubmitEvent) { delete SubmitEvent.prototype.submitter; }"


class Day(unittest.TestCase):
    def test_a_day_in_mongolian_on_a_phone(self):
        self.live("mn", 360, 640)

    def test_a_day_in_chinese_on_a_screen(self):
        self.live("zh-Hans", 1280, 720)

    def live(self, language, width, height):
        with demo(language) as shop, browser(width, height) as page:
            page.driver.execute_cdp_cmd(
                "Page.addScriptToEvaluateOnNewDocument", {"source": OLDER_BROWSER})
            page.driver.get(shop.panel)
            hands = PanelKeys(page)
            self.where = f"demo {language} {width}"
            try:
                self.walk(hands, shop, language)
            except BaseException:
                self.picture(hands, "failed")
                raise

    def walk(self, hands, shop, language):
        self.sign_in(hands)
        hands.open_day()
        self.picture(hands, "free")
        self.sell(hands, language)
        self.order(hands)
        self.assertEqual(hands.page.console(), [])
        self.fall(hands, shop)
        self.look(hands)

    def picture(self, hands, name):
        hands.page.picture(f"{self.where} {name}")
        if name != "failed":
            with hands.counter() as counter:
                assert_seen(self, counter, f"{self.where} {name}")

    def sign_in(self, hands):
        """What the panel's page and the counter's do with the focus meanwhile."""
        hands.enter(BADGE)
        hands.seen(lambda page: page.find("main[data-step=newPIN]"))
        # The counter's page came anew and left the focus where it was.
        self.assertTrue(hands.at(BADGE, in_counter=False))
        self.picture(hands, "new PIN")
        hands.choose_pin()
        hands.seen(lambda page: page.find(page.command(DAY)))

    def sell(self, hands, language):
        """Weighed while the scale is pulled out and put back, paid while there is no paper."""
        hands.choose_produce()
        hands.tab_to("#grams")
        for digit in "2350":
            hands.keys(digit)
            time.sleep(0.15)
        hands.keys(Keys.ENTER)
        hands.seen(lambda page: "2.350" in page.text("figure"))
        self.assertTrue(hands.at("#grams", in_counter=False))
        self.assertEqual(hands.page.find("#grams").get_attribute("value"), "2350")
        hands.enter("#plug-scale")
        hands.seen(lambda page: AWAY[language] in page.text("sentence"))
        self.picture(hands, "no scale")
        # The same button, which kept the focus.
        hands.page.wait(lambda: hands.page.find("#plug-scale[value=plug]"))
        hands.keys(Keys.ENTER)
        hands.seen(lambda page: "2.350" in page.text("figure"))
        hands.enter("#do-paper[value=paperOut]")
        hands.touch(command(TAKE_WEIGHT))
        hands.seen(lambda page: "19.30" in page.text("figure"))
        self.picture(hands, "pay")
        hands.touch(command(PAY_CASH))
        hands.seen(lambda page: page.find(".said.good"))
        # The slip waits, and it is said beside the notice what for.
        hands.seen(lambda page: page.find("#slip .waits"))
        self.picture(hands, "paid")
        papers = hands.page.text("papers")
        hands.enter("#do-paper[value=paperIn]")
        hands.page.wait(lambda: hands.page.text("papers") != papers)
        hands.enter("button[value=takeOff]")
        hands.seen(lambda page: page.find(page.command(ORDER)))

    def order(self, hands):
        hands.touch(command(ORDER))
        hands.touch(".picks button")
        hands.type("3")
        hands.seen(lambda page: "3 ×" in page.text("details"))
        hands.touch(command(BASKET_DONE))
        hands.type("200")
        hands.seen(lambda page: page.find(page.command(TAKE_CASH)))
        self.picture(hands, "change")
        papers = hands.page.text("papers")
        hands.touch(command(TAKE_CASH))
        hands.page.wait(lambda: hands.page.text("papers") != papers)

    def fall(self, hands, shop):
        """The line is cut and the program killed; the operator comes back, and so does the line."""
        hands.enter("#line button[value=refused]")
        hands.enter("button[value=kill]")
        hands.seen(lambda page: page.find("[name=badge]"))
        hands.enter(BADGE)
        hands.seen(lambda page: page.find("main[data-step=pin]"))
        self.picture(hands, "after the kill")
        hands.type(PIN)
        hands.seen(lambda page: page.find(page.command(PRODUCE)))
        hands.enter("#line button[value=good]")
        hands.touch(command(PRODUCE))
        hands.seen(lambda page: page.find(page.command(ANONYMOUS)))
        for line in hands.page.console():
            self.assertTrue(
                line.startswith(shop.counter) and any(cut in line for cut in CUT), line)

    def look(self, hands):
        page = hands.page
        assert_fits(self, page, self.where + " panel")
        assert_accessible(self, page, self.where)
        with hands.counter() as counter:
            assert_accessible(self, counter, self.where + " counter")
        page.driver.execute_script("document.activeElement.blur(); scrollTo(0, 0);")
        stops = page.driver.execute_script(
            """
            return Array.prototype.filter.call(
                document.querySelectorAll("a, button, input, select, summary, iframe"),
                function (one) { return one.tabIndex >= 0 && one.offsetParent; }).length;
            """)
        self.assertLess(stops, STOPS_MAX)
        # Within a group arrow keys go on.
        hands.enter("#group-goods summary")
        first = "#group-goods button"
        hands.tab_to(first)
        hands.keys(Keys.ARROW_RIGHT)
        self.assertTrue(hands.at(first + ":nth-of-type(2)", in_counter=False))
        hands.keys(Keys.HOME, Keys.ARROW_DOWN)
        self.assertFalse(hands.at(first + ":first-of-type", in_counter=False))
        for part in ("weigh", "scan", "devices", "line", "paper"):
            page.driver.execute_script(
                "document.getElementById(arguments[0]).scrollIntoView();", part)
            page.picture(f"{self.where} {part}")


def command(number):
    return f"button[name=command][value='{number}']"


if __name__ == "__main__":
    unittest.main()
