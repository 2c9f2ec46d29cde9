"""A practice counter and a browser in front of it."""

import contextlib
import os
import pathlib
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = os.environ.get("PRACTICE_SERVER", str(ROOT / ".build/debug/practiceserver"))
PICTURES = pathlib.Path(os.environ["PICTURES"]) if os.environ.get("PICTURES") else None
BADGE = "22048102"
PIN = "123456"
LANGUAGES = ["en", "zh-Hans", "zh-Hant", "mn"]
# Commands by their number on the printed sheet.
PRODUCE, ORDER, DAY = "001", "002", "004"
ANONYMOUS, TAKE_WEIGHT, PAY_CASH, BASKET_DONE = "020", "021", "022", "023"
EXACT_CASH, TAKE_CASH, CONFIRM_COUNT, CANCEL = "024", "025", "027", "050"
ASK_HEAD_OFFICE = "054"


@contextlib.contextmanager
def practice():
    """A counter of its own on a free port."""
    with subprocess.Popen(
        [SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Counter(process)
        finally:
            process.stdin.close()
            process.wait(timeout=20)


class Counter:
    def __init__(self, process):
        self.process = process
        self.socket = f"/tmp/practice-{process.pid}.sock"
        self.address = f"http://127.0.0.1:{int(process.stdout.readline())}"

    def world(self, line):
        """Puts a load on the scale, pulls a device, signs the operator out."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == "done", answer


@contextlib.contextmanager
def browser(width=360, height=640, script=True):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.add_experimental_option(
        "mobileEmulation",
        {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1, "touch": False}})
    if not script:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield Page(driver)
    finally:
        driver.quit()


class Page:
    """What an operator does at the page."""

    # Buttons that have just changed do nothing for 400 ms; an operator looks first, too.
    LOOKING = 0.5

    def __init__(self, driver):
        self.driver = driver

    def open(self, counter, path="/counter"):
        self.driver.get(counter.address + path)

    def find(self, selector):
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0] if found else None

    def text(self, region):
        element = self.find("#" + region)
        return element.text if element else ""

    def wait(self, what, seconds=10):
        """Until `what` is true; what it said."""
        end = time.monotonic() + seconds
        while True:
            try:
                said = what()
            except Exception:  # The page was being replaced.
                said = None
            if said:
                return said
            assert time.monotonic() < end, f"waited in vain at {self.driver.page_source[:3000]}"
            time.sleep(0.02)

    def focused(self):
        """Name and value of what has the focus."""
        return self.driver.execute_script(
            "var e = document.activeElement; return [e.name || e.tagName, e.value || ''];")

    def in_main(self):
        return self.driver.execute_script(
            "return Boolean(document.activeElement.closest('main'));")

    def picture(self, name):
        """Kept for whoever looks, in the folder that PICTURES names."""
        if PICTURES:
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(PICTURES / (name.replace(" ", "-") + ".png")))

    def command(self, number):
        return f"button[name=command][value='{number}']"

    # By keyboard alone.

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, selector):
        """Tab until that has the focus."""
        target = self.wait(lambda: self.find(selector))
        time.sleep(self.LOOKING)
        for _ in range(60):
            if self.driver.switch_to.active_element == target:
                return
            self.keys(Keys.TAB)
            target = self.find(selector)
        raise AssertionError(f"Tab never reaches {selector}")

    def enter(self, selector):
        self.tab_to(selector)
        self.keys(Keys.ENTER)

    def type(self, text):
        self.tab_to("#typed")
        self.keys(text, Keys.ENTER)

    # By touch.

    def press(self, selector):
        element = self.wait(lambda: self.find(selector))
        time.sleep(self.LOOKING)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    # The way in.

    def sign_in(self, counter, language="en"):
        self.open(counter, f"/counter/sign-in?lang={language}")
        self.type(BADGE)
        for _ in range(2):
            self.wait(lambda: self.find("input[name=pin]"))
            self.type(PIN)
            self.wait(lambda: self.find("#typed") is None or not self.find("[name=badge]"))
            if self.find("#sentence"):
                break
        self.wait(lambda: self.find("#sentence"))

    def open_day(self):
        self.enter(self.command(DAY))
        self.wait(lambda: self.find("#typing #typed"))
        self.type("1000.00")
        self.enter(self.command(CONFIRM_COUNT))
        self.wait(lambda: self.find(self.command(PRODUCE)))

    def console(self):
        return [line["message"] for line in self.driver.get_log("browser")]
