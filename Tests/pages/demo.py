"""The demo and its panel, as whoever tries it has them: both pages in one browser."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import ANONYMOUS, CONFIRM_COUNT, DAY, PRODUCE, ROOT, Page

PIN = "135790"
BADGE = "#group-badges button"
DEMO = os.environ.get("STATION_DEMO", str(ROOT / ".build/debug/stationdemo"))


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def demo(language):
    """A shop of its own; ends with the demo, which must end well."""
    panel, counter = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
        [DEMO, "--port", str(panel), "--counter-port", str(counter), "--language", language,
         "--directory", folder], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout:
                if f":{panel}/" in line:
                    break
            yield Shop(f"http://127.0.0.1:{panel}", f"http://127.0.0.1:{counter}")
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=30)
        assert code == 0, f"the demo ended with {code}"


class Shop:
    def __init__(self, panel, counter):
        self.panel = panel
        self.counter = counter


class PanelKeys:
    """Hands on a keyboard in front of the panel; the counter is a frame in it."""

    def __init__(self, page):
        self.page = page
        self.driver = page.driver

    def keys(self, *keys):
        """To whatever has the focus, in the panel or in the counter."""
        ActionChains(self.driver).send_keys(*keys).perform()

    @contextlib.contextmanager
    def counter(self):
        """Looks into the counter's frame."""
        self.driver.switch_to.frame(self.driver.find_element(By.ID, "phone"))
        try:
            yield Page(self.driver)
        finally:
            self.driver.switch_to.default_content()

    def at(self, selector, in_counter):
        """Whether that has the focus."""
        is_frame = self.driver.execute_script("return document.activeElement.id") == "phone"
        if is_frame != in_counter:
            return False
        script = "return document.activeElement.matches(arguments[0]);"
        if not in_counter:
            return self.driver.execute_script(script, selector)
        with self.counter() as page:
            return page.driver.execute_script(script, selector)

    def tab_to(self, selector, in_counter=False):
        for key in (Keys.TAB, (Keys.SHIFT, Keys.TAB)):
            for _ in range(110):
                try:
                    if self.at(selector, in_counter):
                        return
                except Exception:  # The counter's page was being replaced.
                    pass
                if key == Keys.TAB:
                    self.keys(Keys.TAB)
                else:
                    ActionChains(self.driver).key_down(Keys.SHIFT).send_keys(
                        Keys.TAB).key_up(Keys.SHIFT).perform()
        raise AssertionError(f"Tab never reaches {selector}")

    def enter(self, selector):
        """A button of the panel."""
        self.page.wait(lambda: self.page.find(selector))
        self.tab_to(selector)
        self.keys(Keys.ENTER)

    def seen(self, what, seconds=20):
        """Until the counter's page shows it."""
        def look():
            with self.counter() as page:
                return what(page)
        return self.page.wait(look, seconds)

    def touch(self, selector):
        """A button of the counter."""
        self.seen(lambda page: page.find(selector))
        time.sleep(Page.LOOKING)
        self.tab_to(selector, in_counter=True)
        self.keys(Keys.ENTER)

    # The way in, and a trade up to its weight.

    def choose_pin(self):
        """After the first scan of a badge."""
        self.seen(lambda page: page.find("main[data-step=newPIN]"))
        self.type(PIN)
        self.seen(lambda page: page.find("main[data-step=pinAgain]"))
        # Here the focus was in the frame, and is in the field again.
        self.page.wait(lambda: self.at("#typed", in_counter=True))
        self.keys(PIN, Keys.ENTER)

    def come_back(self):
        """After the program or the box went down; the PIN is known."""
        self.seen(lambda page: page.find("[name=badge]"))
        self.enter(BADGE)
        self.seen(lambda page: page.find("main[data-step=pin]"))
        self.type(PIN)
        self.seen(lambda page: page.find(page.command(PRODUCE)))

    def open_day(self):
        self.touch(self.page.command(DAY))
        self.seen(lambda page: page.find("#typing #typed"))
        self.type("1000")
        self.touch(self.page.command(CONFIRM_COUNT))
        self.seen(lambda page: page.find(page.command(PRODUCE)))

    def choose_produce(self):
        for number in (PRODUCE, ANONYMOUS):
            self.touch(self.page.command(number))
        self.touch(".picks button")

    def put_on(self, grams):
        self.page.driver.execute_script("document.getElementById('grams').value = ''")
        self.tab_to("#grams")
        self.keys(str(grams), Keys.ENTER)

    def type(self, text):
        """Into the counter's field."""
        self.seen(lambda page: page.find("#typed"))
        self.tab_to("#typed", in_counter=True)
        self.keys(text, Keys.ENTER)
