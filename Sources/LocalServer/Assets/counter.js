"use strict";
// Patches the counter's page from server-sent events and sends its forms without leaving it. The
// page can be read and its forms sent when this script is gone. Plain ES2015, no library.
(function () {
    var root = document.documentElement;
    var main = document.querySelector("main[data-events]");
    var lost = document.getElementById("lost");
    // Milliseconds in which buttons that have just changed do nothing: a finger on its way to the
    // old one must not press the new one.
    var settleTime = 400;
    var settledAt = 0;
    var isPressed = false;
    var waiting = [];
    var isSending = false;
    var sentAt = 0;
    var usesKeys = !(window.matchMedia && window.matchMedia("(pointer: coarse)").matches);
    var clicked = null;
    var sound = null;

    root.className = "js";

    function byId(name) { return document.getElementById(name); }

    // Keys of the keypad write into the field; this works on every page.
    document.addEventListener("click", function (event) {
        var button = event.target.closest ? event.target.closest("button") : null;
        if (!button) { return; }
        var key = button.getAttribute("data-key");
        if (key) { press(key); return; }
        if (main && button.form && Date.now() < settledAt && !button.closest(".entry")) {
            event.preventDefault();
            return;
        }
        clicked = button;
    }, true);

    function press(key) {
        var field = byId("typed");
        if (!field) { return; }
        if (key === "delete") {
            field.value = field.value.slice(0, -1);
        } else if (field.maxLength < 0 || field.value.length < field.maxLength) {
            field.value += key;
        }
    }

    document.addEventListener("keydown", function () { usesKeys = true; }, true);
    ["touchstart", "mousedown"].forEach(function (name) {
        document.addEventListener(name, function () {
            usesKeys = false;
            isPressed = true;
            wakeSound();
        }, true);
    });
    // A click follows the release: what waited is put in after it.
    ["touchend", "touchcancel", "mouseup"].forEach(function (name) {
        document.addEventListener(name, function () {
            window.setTimeout(function () {
                isPressed = false;
                waiting.splice(0).forEach(apply);
            }, 50);
        }, true);
    });

    // A page in a frame takes no focus away from the page around it.
    function mayFocus() { return window.parent === window || document.hasFocus(); }

    // Not by the attribute: in a frame of another port browsers complain of that.
    var first = document.querySelector("[data-first]");
    if (first && mayFocus()) { first.focus(); }

    // What is said about the connection keeps to the upper edge, and the sentence below it.
    function tellLost(isLost) {
        if (lost.hidden === !isLost) { return; }
        lost.hidden = !isLost;
        var head = document.querySelector(".head");
        if (head) { head.style.top = lost.offsetHeight + "px"; }
    }

    // The box says every two seconds that it is there. A program that hangs breaks no connection:
    // five seconds of silence are told. Ticks are counted, since a page that slept heard nothing.
    function listen(address) {
        var source = new EventSource(address);
        var silence = 0;
        function heard() {
            silence = 0;
            tellLost(false);
        }
        ["open", "beat", "patch", "step"].forEach(function (name) {
            source.addEventListener(name, heard);
        });
        window.setInterval(function () {
            silence += 1;
            if (silence >= 5) { tellLost(true); }
        }, 1000);
        return source;
    }

    // Whoever signs in at the counter by badge finds the field for the PIN here by itself.
    var signIn = document.querySelector("main[data-step]");
    if (signIn && window.EventSource) {
        var steps = listen("/counter/sign-in/events");
        steps.onerror = function () { tellLost(true); };
        steps.addEventListener("step", function (event) {
            if (event.data === signIn.getAttribute("data-step")) { return; }
            steps.close();
            window.location.reload();
        });
        // Who sends a form is on the way to what it brings; a reload would throw that away.
        document.addEventListener("submit", function () { steps.close(); });
    }

    if (!main) { return; }

    // What has the focus is not hidden behind the sentence above it or the buttons below.
    function reveal(element) {
        if (isPressed || !element.closest || element.closest(".head, #commands")) { return; }
        var box = element.getBoundingClientRect();
        var head = main.querySelector(".head").getBoundingClientRect();
        var upper = Math.max(head.bottom, lost.getBoundingClientRect().bottom);
        var lower = window.innerHeight - (main.contains(element) ? footHeight() : 0);
        if (box.top < upper && box.bottom > 0) {
            window.scrollBy(0, box.top - upper - 8);
        } else if (box.bottom > lower) {
            window.scrollBy(0, box.bottom - lower + 8);
        }
    }
    function footHeight() {
        var foot = byId("commands");
        return window.getComputedStyle(foot).position === "static" ? 0 : foot.offsetHeight;
    }
    document.addEventListener("focus", function (event) {
        window.setTimeout(function () { reveal(event.target); }, 0);
    }, true);

    function apply(patch) {
        if (isPressed) { waiting.push(patch); return; }
        Array.prototype.forEach.call(
            document.querySelectorAll("input[name=revision]"),
            function (field) { field.value = Math.max(field.value, patch.revision); });
        var focus = mark(document.activeElement);
        var isNextStep = Boolean(patch.regions.sentence)
            && patch.regions.sentence.version !== byId("sentence").getAttribute("data-version");
        Object.keys(patch.regions).forEach(function (name) {
            replace(name, patch.regions[name]);
        });
        restore(focus);
        // What this page itself brought about is read from its top.
        if (isNextStep && Date.now() - sentAt < 2000) {
            window.scrollTo(0, 0);
            if (usesKeys) { reveal(document.activeElement); }
        }
    }

    function replace(name, region) {
        var element = byId(name);
        if (!element || element.getAttribute("data-version") === region.version) { return; }
        var field = element.querySelector("#typed");
        var kept = field ? { name: field.name, kind: kindOf(element), value: field.value } : null;
        element.innerHTML = region.html;
        element.setAttribute("data-version", region.version);
        field = kept ? byId("typed") : null;
        if (field && field.name === kept.name && kindOf(element) === kept.kind) {
            field.value = kept.value;
        }
        if (/^(commands|menu|picks|slip)$/.test(name)) { settledAt = Date.now() + settleTime; }
        if (name === "notice") { play(element); }
    }

    function versions() {
        var all = {};
        Array.prototype.forEach.call(document.querySelectorAll("[data-version]"), function (one) {
            all[one.id] = one.getAttribute("data-version");
        });
        return all;
    }

    function kindOf(element) {
        var kind = element.querySelector("input[name=kind]");
        return kind ? kind.value : "";
    }

    // Focus stays on what has the same name and value; where that is gone, it goes to what goes on.
    function mark(element) {
        if (!element || !element.closest || !element.closest("main")) { return null; }
        return { id: element.id, name: element.name, value: element.value, tag: element.tagName };
    }

    function restore(focus) {
        if (!mayFocus()) { return; }
        if (focus && document.activeElement && document.activeElement !== document.body) { return; }
        if (!focus && !(usesKeys && document.activeElement === document.body)) { return; }
        var same = focus && (focus.id ? byId(focus.id) : find(focus));
        var next = same || (usesKeys ? nextStep() : null);
        if (next) { next.focus(); }
    }

    function find(focus) {
        return Array.prototype.filter.call(
            main.querySelectorAll(focus.tag),
            function (one) { return one.name === focus.name && one.value === focus.value; })[0];
    }

    function nextStep() {
        var field = byId("typed");
        if (field && field.closest("#typing") && kindOf(main) !== "quantity") { return field; }
        return main.querySelector(".picks button") || main.querySelector("#menu .first, #commands .first")
            || field;
    }

    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form.id !== "touch" && form.id !== "type") { return; }
        event.preventDefault();
        var button = clicked && clicked.form === form ? clicked : null;
        clicked = null;
        if (isSending) { return; }
        var pairs = [];
        Array.prototype.forEach.call(form.elements, function (field) {
            if (!field.name || (field.tagName === "BUTTON" && field !== button)) { return; }
            pairs.push(encodeURIComponent(field.name) + "=" + encodeURIComponent(field.value));
        });
        send(form.action, pairs.join("&"));
    });

    function send(address, body) {
        var request = new XMLHttpRequest();
        var before = versions();
        isSending = true;
        sentAt = Date.now();
        request.open("POST", address);
        request.timeout = 20000;
        request.setRequestHeader("Accept", "application/json");
        request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
        request.onloadend = function () {
            isSending = false;
            if (request.status === 403) { window.location.reload(); return; }
            tellLost(request.status !== 200);
            if (request.status !== 200) { return; }
            var patch = JSON.parse(request.responseText);
            var field = byId("typed");
            if (field && patch.accepted) { field.value = ""; }
            // What events have replaced meanwhile may be newer than this answer; what they have not
            // brought yet they will. Only what was wrong with this form is told by no event.
            var now = versions();
            Object.keys(patch.regions).forEach(function (name) {
                var isTold = name !== "notice" || patch.accepted;
                if (isTold && now[name] !== before[name]) { delete patch.regions[name]; }
            });
            apply(patch);
        };
        request.send(body);
    }

    var events = listen(main.getAttribute("data-events"));
    events.addEventListener("patch", function (event) { apply(JSON.parse(event.data)); });
    events.addEventListener("gone", function () { events.close(); window.location.reload(); });
    events.onerror = function () {
        if (events.readyState === 2) { window.location.reload(); return; }
        tellLost(true);
    };

    // A high tone: done; a low one: refused. Browsers allow it after the first touch.
    function wakeSound() {
        var Context = window.AudioContext || window.webkitAudioContext;
        if (!sound && Context) { sound = new Context(); }
    }

    function play(notice) {
        var said = notice.querySelector(".said");
        if (!sound || !said) { return; }
        var isRefused = said.classList.contains("refused");
        if (!isRefused && !said.classList.contains("good")) { return; }
        var tone = sound.createOscillator();
        var level = sound.createGain();
        tone.frequency.value = isRefused ? 220 : 880;
        level.gain.value = 0.1;
        tone.connect(level);
        level.connect(sound.destination);
        tone.start();
        tone.stop(sound.currentTime + (isRefused ? 0.4 : 0.12));
    }

    if (usesKeys) { restore(null); }
}());
