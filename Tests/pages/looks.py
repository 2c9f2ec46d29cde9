"""What must hold of every page as it stands: sizes, widths, what a browser of 2017 draws, and axe."""

import pathlib
import time

import selenium_axe_python

AXE = pathlib.Path(selenium_axe_python.__file__).parent / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

TOO_SMALL = """
    return Array.prototype.filter.call(
        document.querySelectorAll("button, a, input:not([type=hidden]), select, summary"),
        function (one) {
            var box = one.getBoundingClientRect();
            return box.width && (box.height < 48 || box.width < 48) && !one.closest(".paper");
        }).map(function (one) { return one.outerHTML.slice(0, 200); });
    """
# What a person can scroll within its own frame may be wider.
TOO_WIDE = """
    var width = document.documentElement.clientWidth;
    return Array.prototype.filter.call(
        document.querySelectorAll("body *"),
        function (one) {
            var box = one.getBoundingClientRect();
            if (!box.width || (box.right <= width + 1 && box.left >= -1)) { return false; }
            while (one = one.parentElement) {
                if (getComputedStyle(one).overflowX === "auto") { return false; }
            }
            return true;
        }).map(function (one) { return one.outerHTML.slice(0, 200); });
    """
# Paper is a picture of what the printer made.
SMALL_LETTERS = """
    return Array.prototype.filter.call(
        document.querySelectorAll("body *"),
        function (one) {
            var own = Array.prototype.some.call(one.childNodes, function (node) {
                return node.nodeType === 3 && node.data.trim();
            });
            return own && one.tagName !== "NOSCRIPT" && !one.closest(".paper")
                && parseFloat(getComputedStyle(one).fontSize) < 18;
        }).map(function (one) { return one.outerHTML.slice(0, 200); });
    """
# Gaps came to flexible boxes in 2020; those of grids go by their older name.
TOO_NEW = """
    var found = Array.prototype.filter.call(
        document.querySelectorAll("body *"),
        function (one) {
            var style = getComputedStyle(one);
            return style.display.indexOf("flex") >= 0
                && (parseFloat(style.rowGap) || parseFloat(style.columnGap));
        }).map(function (one) { return "gap: " + one.outerHTML.slice(0, 200); });
    Array.prototype.forEach.call(document.styleSheets, function (sheet) {
        Array.prototype.forEach.call(sheet.cssRules, function (rule) {
            if (/:focus-visible|:is\\(|:where\\(|:has\\(|inset:|aspect-ratio|clamp\\(| min\\(| max\\(/
                .test(rule.cssText)) { found.push(rule.cssText); }
        });
    });
    return found;
    """


# Focus is seen, under no edge of the page: the middle of what has it is its own.
HIDDEN = """
    var active = document.activeElement;
    if (active === document.body || active.tagName === "IFRAME") { return []; }
    var box = active.getBoundingClientRect();
    var top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    return top === active || active.contains(top) ? [] : [active.outerHTML.slice(0, 200)];
    """


# The sentence, its number and the first button of a trade are always seen, each line of them; what
# was said, a slip that waits and a menu are as long as the page is not scrolled.
COVERED = """
    return Array.prototype.filter.call(
        document.querySelectorAll("#sentence, .figure, #commands .first"
            + (window.pageYOffset ? "" : ", .said, #menu .first")),
        function (one) {
            var letters = document.createRange();
            letters.selectNodeContents(one);
            return Array.prototype.some.call(letters.getClientRects(), function (box) {
                var top = document.elementFromPoint(
                    (box.left + box.right) / 2, (box.top + box.bottom) / 2);
                return box.width && top !== one && !one.contains(top);
            });
        }).map(function (one) { return one.outerHTML.slice(0, 200); });
    """


def assert_seen(case, page, where):
    """Of the counter's page, as it stands after a step; it may be a frame."""
    found = None
    for _ in range(30):
        found = [one for script in (HIDDEN, COVERED) for one in page.driver.execute_script(script)]
        if not found:
            return
        time.sleep(0.1)
    case.assertEqual(found, [], where)


def assert_fits(case, page, where):
    page.picture(where)
    for script in (TOO_SMALL, TOO_WIDE, SMALL_LETTERS, TOO_NEW, HIDDEN):
        case.assertEqual(page.driver.execute_script(script), [], where)


def assert_accessible(case, page, where):
    """No violation of WCAG 2.2 A and AA that axe-core finds in this document."""
    page.driver.execute_script("if (!window.axe) {" + AXE.read_text(encoding="utf-8") + "}")
    found = page.driver.execute_async_script(
        """
        var done = arguments[1];
        axe.run(document, {
            runOnly: { type: "tag", values: arguments[0] }, iframes: false,
        }).then(function (result) {
            done(result.violations.map(function (one) {
                return one.id + ": " + one.help + " at "
                    + one.nodes.slice(0, 3).map(function (node) { return node.html; }).join(" ");
            }));
        }, function (error) { done(["axe: " + error]); });
        """, RULES)
    case.assertEqual(found, [], where)
