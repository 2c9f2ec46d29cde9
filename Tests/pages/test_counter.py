"""The counter's page as an operator uses it: by keyboard, by touch, without a script."""

import os
import signal
import time
import unittest

from selenium.webdriver.common.keys import Keys

from browser import (
    ANONYMOUS, BASKET_DONE, CANCEL, CONFIRM_COUNT, DAY, LANGUAGES, ORDER, PAY_CASH, PIN, PRODUCE,
    TAKE_CASH, TAKE_WEIGHT, browser, practice,
)
from looks import HIDDEN, assert_accessible, assert_fits, assert_seen


def weigh(page, counter):
    """From the free counter to a steady weight, by keyboard."""
    counter.world("load 0")
    page.enter(page.command(PRODUCE))
    page.enter(page.command(ANONYMOUS))
    page.enter(".picks button")
    page.wait(lambda: page.find(page.command(TAKE_WEIGHT)))
    counter.world("load 3482")
    page.wait(lambda: "3.482" in page.text("figure"))


class Keyboard(unittest.TestCase):
    def test_a_sale_and_an_order_by_keyboard_alone(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            weigh(page, counter)
            page.enter(page.command(TAKE_WEIGHT))
            page.wait(lambda: "15.70" in page.text("figure"))
            page.enter(page.command(PAY_CASH))
            page.wait(lambda: "15.70" in page.text("notice"))
            counter.world("load 0")
            page.enter(page.command(ORDER))
            page.enter(".picks button")
            page.type("3")
            page.wait(lambda: "38.70" in page.text("figure"))
            page.enter(page.command(BASKET_DONE))
            page.type("50,00")
            page.wait(lambda: "11.30" in page.text("figure"))
            page.enter(page.command(TAKE_CASH))
            page.wait(lambda: page.find(page.command(PRODUCE)))
            self.assertIn("1023.00", page.text("status"))
            page.enter("#trades a")
            page.wait(lambda: page.find(".paper"))
            self.assertEqual(page.console(), [])

    def test_the_focus_goes_to_what_goes_on(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.enter(page.command(DAY))
            page.wait(lambda: page.focused() == ["typed", ""])
            page.keys("10", Keys.ENTER)
            page.wait(lambda: page.focused() == ["command", CONFIRM_COUNT])


    def test_the_sentence_and_the_weight_stay_in_sight_of_whoever_tabs(self):
        head = """
            var head = document.querySelector(".head").getBoundingClientRect();
            return head.top > -1 && head.bottom < window.innerHeight;
            """
        with practice() as counter, browser() as page:
            page.sign_in(counter, "mn")
            page.open_day()
            weigh(page, counter)
            seen = set()
            while True:
                page.keys(Keys.TAB)
                time.sleep(0.05)
                name = tuple(page.focused())
                if name in seen:
                    break
                seen.add(name)
                if page.in_main():
                    self.assertTrue(page.driver.execute_script(head), name)
                    self.assertEqual(page.driver.execute_script(HIDDEN), [])
            self.assertIn(("command", CANCEL), seen)


class SecondPage(unittest.TestCase):
    def test_a_badge_scanned_at_the_counter_lets_a_waiting_page_in_by_its_pin(self):
        with practice() as counter, browser() as first, browser() as second:
            first.sign_in(counter)
            second.open(counter, "/counter/sign-in")
            self.assertIsNotNone(second.find("[name=badge]"))
            counter.world("scan badge")
            second.wait(lambda: second.find("[name=pin]"))
            second.type(PIN)
            second.wait(lambda: second.find("#sentence"))
            self.assertEqual(second.console(), [])
            first.enter(first.command(DAY))
            second.wait(lambda: second.find("#typing #typed"))

    def test_a_page_that_waits_asks_nothing_by_itself(self):
        with practice() as counter, browser() as page:
            page.open(counter, "/counter/sign-in")
            time.sleep(2.5)
            asked = page.driver.execute_script(
                "return performance.getEntriesByType('resource').map("
                "function (one) { return one.name; });")
            self.assertEqual([one for one in asked if "sign-in" in one], [])


class Live(unittest.TestCase):
    def test_what_is_typed_stays_while_the_page_changes(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.enter(page.command(DAY))
            page.tab_to("#typing #typed")
            page.keys("12")
            counter.world("device printer paperOut")
            page.wait(lambda: "out of paper" in page.text("status"))
            self.assertEqual(page.focused(), ["typed", "12"])

    def test_an_answer_that_comes_late_does_not_undo_what_events_brought(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            counter.world("load 0")
            page.enter(page.command(PRODUCE))
            page.enter(page.command(ANONYMOUS))
            page.wait(lambda: page.find(".picks button"))
            page.driver.execute_script(
                """
                var send = XMLHttpRequest.prototype.send;
                XMLHttpRequest.prototype.send = function (body) {
                    var request = this, ended = request.onloadend;
                    request.onloadend = function () {
                        window.setTimeout(function () {
                            ended.call(request);
                            window.isAnswered = true;
                        }, 2000);
                    };
                    send.call(request, body);
                };
                """)
            page.enter(".picks button")
            page.wait(lambda: page.find(page.command(TAKE_WEIGHT)))
            counter.world("load 3482")
            page.wait(lambda: "3.482" in page.text("figure"))
            page.wait(lambda: page.driver.execute_script("return window.isAnswered;"))
            self.assertIn("3.482", page.text("figure"))

    def test_a_double_click_does_not_press_what_comes_next(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            weigh(page, counter)
            time.sleep(page.LOOKING)
            page.driver.execute_script(
                """
                var button = document.querySelector(arguments[0]);
                button.click();
                var timer = setInterval(function () {
                    var next = document.querySelector("#commands .first");
                    if (next && next !== button) { clearInterval(timer); next.click(); }
                }, 5);
                """, page.command(TAKE_WEIGHT))
            page.wait(lambda: page.find(page.command(PAY_CASH)))
            time.sleep(page.LOOKING)
            self.assertIsNotNone(page.find(page.command(PAY_CASH)))
            self.assertNotIn("booked", page.text("notice"))

    def test_buttons_of_a_trade_stay_where_they_are(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            weigh(page, counter)
            place = page.find(page.command(TAKE_WEIGHT)).rect
            counter.world("scale lost")
            page.wait(lambda: "3.482" not in page.text("figure"))
            counter.world("load 12345")
            page.wait(lambda: "12.345" in page.text("figure"))
            self.assertEqual(page.find(page.command(TAKE_WEIGHT)).rect, place)

    def test_a_slip_that_cannot_come_out_is_said_beside_what_was_booked(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            counter.world("device printer paperOut")
            weigh(page, counter)
            self.assertEqual(page.text("slip"), "")
            page.enter(page.command(TAKE_WEIGHT))
            page.enter(page.command(PAY_CASH))
            page.wait(lambda: "booked" in page.text("notice"))
            self.assertRegex(page.text("slip"), r"out of paper: put in .* No\. \d+ is owed")
            assert_seen(self, page, "a slip waits")
            # Where a scale never comes to rest again, a touch leads on.
            self.assertIsNotNone(page.find(page.command(CANCEL)))
            counter.world("device printer ready")
            page.wait(lambda: page.text("slip") == "")

    def test_a_program_that_hangs_is_told_wherever_the_page_is_read(self):
        in_sight = """
            var box = document.getElementById("lost").getBoundingClientRect();
            var top = document.elementFromPoint(20, box.top + 8);
            return box.height > 0 && top && top.id === "lost";
            """
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.open_day()
            page.driver.execute_script(
                "document.activeElement.blur(); window.scrollTo(0, document.body.scrollHeight);")
            # Longer than the silence that would be told, nothing happens but beats.
            page.driver.execute_script("""
                window.beats = 0;
                new EventSource("/counter/events").addEventListener(
                    "beat", function () { window.beats += 1; });
                """)
            page.wait(
                lambda: page.driver.execute_script("return window.beats") >= 4, seconds=60)
            self.assertFalse(page.driver.execute_script(in_sight))
            os.kill(counter.process.pid, signal.SIGSTOP)
            try:
                page.wait(lambda: page.driver.execute_script(in_sight), seconds=9)
                page.picture("hangs")
                page.driver.execute_script("window.scrollTo(0, 0);")
                page.picture("hangs at the top")
                assert_seen(self, page, "hangs")
            finally:
                os.kill(counter.process.pid, signal.SIGCONT)
            page.wait(lambda: not page.driver.execute_script(in_sight))

    def test_a_page_whose_operator_left_shows_the_sign_in_page(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            counter.world("sign out")
            page.wait(lambda: page.find("[name=badge]"))
            self.assertIsNone(page.find("#status"))

    def test_what_is_no_amount_is_said_and_stays_to_be_mended(self):
        with practice() as counter, browser() as page:
            page.sign_in(counter)
            page.enter(page.command(DAY))
            page.type("45.6x")
            page.wait(lambda: "Not an amount" in page.text("notice"))
            self.assertEqual(page.find("#typed").get_attribute("value"), "45.6x")


class Looks(unittest.TestCase):
    def test_every_step_fits_in_every_language(self):
        # On the smallest phone: the language that is looked at closest, and the longest words.
        for width, height, languages in (
                (320, 568, ["en", "mn"]), (360, 640, LANGUAGES), (1280, 720, LANGUAGES)):
            for language in languages:
                with practice() as counter, browser(width, height) as page:
                    page.open(counter, "/counter/sign-in?lang=" + language)
                    self.assert_good(page, f"{language} {width} sign-in")
                    page.sign_in(counter, language)
                    self.assert_good(page, f"{language} {width} day")
                    counter.world("device printer paperOut")
                    self.walk(page, counter, f"{language} {width}")

    def assert_good(self, page, where):
        assert_fits(self, page, where)
        assert_seen(self, page, where)
        # Roles, names and contrast are those of every language.
        if where.startswith("en"):
            assert_accessible(self, page, where)

    def walk(self, page, counter, where):
        page.enter(page.command(DAY))
        page.wait(lambda: page.find("#typing #typed"))
        self.assert_good(page, where + " count")
        page.type("1000.00")
        page.enter(page.command(CONFIRM_COUNT))
        page.wait(lambda: page.find(page.command(PRODUCE)))
        self.assert_good(page, where + " free")
        weigh(page, counter)
        self.assert_good(page, where + " weight")
        counter.world("scale lost")
        page.wait(lambda: "3.482" not in page.text("figure"))
        self.assert_good(page, where + " no scale")
        counter.world("load 3482")
        page.enter(page.command(TAKE_WEIGHT))
        page.wait(lambda: "15.70" in page.text("figure"))
        self.assert_good(page, where + " pay")
        page.enter(page.command(PAY_CASH))
        page.wait(lambda: "15.70" in page.text("notice") and page.find(".waits"))
        self.assert_good(page, where + " paid")
        counter.world("load 0")
        page.wait(lambda: page.find("#menu .first"))
        self.assert_good(page, where + " free again")
        page.enter(page.command(ORDER))
        page.enter(".picks button")
        page.wait(lambda: page.find(page.command(BASKET_DONE)))
        self.assert_good(page, where + " basket")
        page.enter(page.command(BASKET_DONE))
        page.type("50")
        page.wait(lambda: page.find(page.command(TAKE_CASH)))
        self.assert_good(page, where + " change")
        page.enter(page.command(CANCEL))


class WithoutScript(unittest.TestCase):
    def test_a_sale_goes_through(self):
        with practice() as counter, browser(script=False) as page:
            page.open(counter, "/counter/sign-in")
            self.submit(page, "badge", "22048102")
            self.submit(page, "pin", "123456")
            self.submit(page, "pin", "123456")
            for number in (DAY, None, CONFIRM_COUNT):
                if number:
                    page.press(page.command(number))
                else:
                    self.submit(page, "typed", "1000,00")
            counter.world("load 0")
            page.press(page.command(PRODUCE))
            page.press(page.command(ANONYMOUS))
            page.press(".picks button")
            counter.world("load 3482")
            page.press(page.command(TAKE_WEIGHT))
            page.press(page.command(PAY_CASH))
            page.wait(lambda: "984.30" in page.text("status"))

    def submit(self, page, name, text):
        field = page.wait(lambda: page.find(f"input[name={name}]"))
        field.send_keys(text, Keys.ENTER)
        time.sleep(0.3)


if __name__ == "__main__":
    unittest.main()
