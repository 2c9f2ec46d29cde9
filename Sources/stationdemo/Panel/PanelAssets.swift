/// The panel's style, script and icon. Nothing is loaded from anywhere else, and nothing is newer
/// than a browser of 2017: no gap between flexible boxes, no `:focus-visible`, no submitter.
enum PanelAssets {
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b5d4a" \
        d="M2 2h28v28H2z"/><path fill="#fff" d="M6 14l10-8 10 8v12H6z"/></svg>

        """

    /// Text is 18 px or more, but on paper, which is a picture of what the printer made.
    static let style = """
        :root { --accent: #0b5d4a; --line: #d7dad8; --ink: #17201c; --dim: #55605a; }
        * { box-sizing: border-box; }
        html { font: 18px/1.45 system-ui, "Noto Sans", "WenQuanYi Zen Hei", "Noto Sans SC",
            sans-serif; color: var(--ink); background: #fff; scroll-padding-top: 5.7rem;
            font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
        body { margin: 0; }
        header { display: flex; flex-wrap: wrap; align-items: center; padding: .4rem 1rem;
            border-bottom: 1px solid var(--line); }
        h1 { font-size: 1.25rem; margin: .2rem 1.5rem .2rem 0; }
        h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
        p { margin: .3rem 0; }
        .state { color: var(--dim); margin: 0 1rem 0 0; flex: 1 1 14rem; }
        nav { display: flex; flex-wrap: wrap; padding: 0 .4rem; background: #fff;
            border-bottom: 1px solid var(--line); z-index: 2;
            position: -webkit-sticky; position: sticky; top: 0; }
        nav a { flex: none; min-width: 48px; padding: 0 .45rem; line-height: 48px;
            text-align: center; color: var(--accent); }
        #said { margin: 0; padding: .2rem 1rem; min-height: 2.1rem; color: var(--accent);
            font-weight: 600; }
        main { display: grid; grid-gap: 1.5rem; padding: 0 1rem 3rem; grid-template-columns: 1fr; }
        section { min-width: 0; }
        .world { min-width: 0; }
        .world > section { padding-bottom: 1.2rem; margin-bottom: 1.2rem;
            border-bottom: 1px solid var(--line); }
        .world > section:last-child { border-bottom: 0; }
        iframe { width: 100%; height: calc(100vh - 110px); min-height: 480px; border: 1px solid var(--line); border-radius: 4px;
            background: #fff; }
        .alone { display: inline-block; line-height: 48px; color: var(--accent); }
        button, input, select { font: inherit; min-height: 48px; min-width: 48px; color: inherit;
            border: 1px solid #6d7771; border-radius: 4px; background: #fff; padding: 0 .8rem; }
        button { cursor: pointer; }
        button:hover { border-color: var(--accent); color: var(--accent); }
        :focus { outline: 3px solid var(--accent); outline-offset: 2px; }
        .line, .buttons { display: flex; flex-wrap: wrap; align-items: center;
            margin: .15rem -.25rem; }
        .line > *, .buttons > * { margin: .25rem; }
        .line input { flex: 1 1 6rem; width: 6rem; }
        .head { display: flex; justify-content: space-between; align-items: baseline; }
        .number { font-size: 2.2rem; line-height: 1.2; text-align: right; font-weight: 600; }
        .device { border-top: 1px solid var(--line); padding: .4rem 0; }
        .device span { color: var(--dim); }
        details { margin-top: .6rem; }
        summary { line-height: 48px; cursor: pointer; font-weight: 600; }
        .cards { display: grid; grid-gap: .5rem;
            grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
        .cards.numbers { grid-template-columns: repeat(5, 1fr); }
        .card { display: flex; flex-direction: column; justify-content: space-between;
            padding: .5rem; text-align: left; line-height: 1.25; overflow-wrap: break-word;
            min-width: 0; }
        .card span { max-width: 100%; }
        .card-code { width: 100%; height: 28px; margin-top: .3rem; background: #fff; }
        #strips { list-style: none; padding: 0; margin: 0; }
        .paper { width: calc(32ch + 24px); max-width: 100%; padding: 14px 10px 18px;
            margin: 0 auto 1.2rem; background: #fffefa; border: 1px solid var(--line);
            font: 4.3vw/1.42 "DejaVu Sans Mono", "Noto Sans Mono", monospace; color: #222;
            overflow: hidden; }
        #hanging .paper { border-top: 8px solid #444; margin-bottom: .4rem; }
        #hanging form { text-align: center; margin-bottom: 1.2rem; }
        .paper .line { display: block; margin: 0; white-space: pre; min-height: 1.42em; }
        .centre { text-align: center; }
        .right { text-align: right; }
        .paper i { display: inline-block; width: 2ch; text-align: center; font-style: normal;
            font-family: "WenQuanYi Zen Hei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
        .bold { font-weight: 700; }
        .underlined { text-decoration: underline; }
        .inverted { background: #222; color: #fff; }
        .double { font-size: 200%; line-height: 1.65; }
        .tall { display: inline-block; transform: scaleY(2); transform-origin: top;
            margin-bottom: 1.7em; }
        .wide { display: inline-block; transform: scaleX(2); transform-origin: left; }
        .wrapped::after { content: "\\21a9"; color: #a33; }
        .code { padding: 6px 0; }
        .code button { border: 0; padding: 0; background: none; line-height: 0; }
        .code svg { max-width: 100%; }
        .torn { border-top: 2px dashed #888; color: var(--dim); text-align: center; }
        .errors { color: #a3261b; max-width: 100%; margin: -.8rem auto 1.2rem; }
        header button { padding: 0 .5rem; }
        @media (max-width: 420px) { nav a { padding: 0 .3rem; } }
        @media (min-width: 420px) { .paper { font-size: 18px; } }
        @media (min-width: 900px) {
            html { scroll-padding-top: 4rem; }
            main { grid-template-columns: 392px minmax(0, 1fr); }
            #paper { grid-column: 1 / -1; }
        }
        @media (min-width: 1200px) {
            main { grid-template-columns: 392px minmax(0, 1fr) 414px; }
            #paper { grid-column: auto; max-height: calc(100vh - 50px); overflow-y: auto;
                position: -webkit-sticky; position: sticky; top: 50px; padding: 0 .2rem; }
            #counter { position: -webkit-sticky; position: sticky; top: 50px; align-self: start; }
            header { padding: 0 1rem; }
            iframe { height: calc(100vh - 212px); }
        }

        """

    /// Sends forms without leaving the page, puts what changed into its place, and makes a group of
    /// cards or codes one stop of the Tab key, with arrow keys within.
    static let script = """
        'use strict';
        (function () {
          var said = document.getElementById('said');
          var clicked = null;
          function say(text) { said.textContent = text; }
          function list(nodes) { return Array.prototype.slice.call(nodes); }

          document.addEventListener('click', function (event) {
            clicked = event.target.closest ? event.target.closest('button') : null;
          }, true);
          document.addEventListener('submit', function (event) {
            var form = event.target;
            var button = clicked && clicked.form === form ? clicked : null;
            clicked = null;
            if (form.getAttribute('action') !== '/do') return;
            event.preventDefault();
            var pairs = [];
            list(form.elements).forEach(function (field) {
              if (!field.name || (field.tagName === 'BUTTON' && field !== button)) return;
              pairs.push(encodeURIComponent(field.name) + '=' + encodeURIComponent(field.value));
            });
            send(button && button.getAttribute('formaction') || '/do', pairs.join('&'));
            if (form.id === 'scan-form' && !(button && button.name)) form.elements.text.select();
          });
          function send(address, body) {
            var request = new XMLHttpRequest();
            request.open('POST', address);
            request.setRequestHeader('Accept', 'text/plain');
            request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
            request.onload = function () { say(request.responseText); };
            request.onerror = function () { say(said.getAttribute('data-lost')); };
            request.send(body);
          }

          function replace(id, html) {
            var place = document.getElementById(id);
            if (!place) return;
            var focused = document.activeElement && document.activeElement.id;
            var folds = list(place.querySelectorAll('details'));
            place.innerHTML = html;
            folds.forEach(function (one) {
              var same = document.getElementById(one.id);
              if (same) same.open = one.open;
            });
            rove();
            var again = focused && document.getElementById(focused);
            if (again && document.activeElement !== again) again.focus();
          }
          function addStrip(number, html) {
            var strips = document.getElementById('strips');
            if (document.getElementById('strip-' + number)) return;
            strips.insertAdjacentHTML('afterbegin', html);
            while (strips.children.length > 40) strips.removeChild(strips.lastElementChild);
            rove();
            // What is new is seen, unless somebody is at an older one.
            var paper = document.getElementById('paper');
            if (!paper.contains(document.activeElement)) paper.scrollTop = 0;
          }

          function stop(group, chosen) {
            list(group.querySelectorAll('button')).forEach(function (one) {
              one.setAttribute('tabindex', one === chosen ? '0' : '-1');
            });
          }
          function rove() {
            list(document.querySelectorAll('[data-group]')).forEach(function (group) {
              stop(group, group.querySelector('[tabindex="0"]') || group.querySelector('button'));
            });
          }
          function middle(box) { return (box.left + box.right) / 2; }
          function neighbour(all, from, key) {
            var at = all.indexOf(from);
            if (key === 'Home') return all[0];
            if (key === 'End') return all[all.length - 1];
            if (key === 'ArrowRight') return all[at + 1];
            if (key === 'ArrowLeft') return all[at - 1];
            var here = from.getBoundingClientRect();
            var sign = key === 'ArrowDown' ? 1 : -1;
            function distance(one) {
              var box = one.getBoundingClientRect();
              return sign * (box.top - here.top) * 10 + Math.abs(middle(box) - middle(here));
            }
            return all.filter(function (one) {
              var box = one.getBoundingClientRect();
              return sign > 0 ? box.top >= here.bottom : box.bottom <= here.top;
            }).sort(function (one, other) { return distance(one) - distance(other); })[0];
          }
          document.addEventListener('focus', function (event) {
            var group = event.target.closest ? event.target.closest('[data-group]') : null;
            if (group && event.target.tagName === 'BUTTON') stop(group, event.target);
          }, true);
          document.addEventListener('keydown', function (event) {
            var group = event.target.closest('[data-group]');
            if (!group || event.target.tagName !== 'BUTTON') return;
            if (!/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(event.key)) return;
            event.preventDefault();
            var next = neighbour(list(group.querySelectorAll('button')), event.target, event.key);
            if (next) next.focus();
          });

          // Whoever tabs into the counter sees all of it, its notice above the button too.
          var tabbed = false;
          document.addEventListener('keydown', function (event) {
            tabbed = event.key === 'Tab';
          }, true);
          document.addEventListener('mousedown', function () { tabbed = false; }, true);
          window.addEventListener('blur', function () {
            window.setTimeout(function () {
              var frame = document.getElementById('phone');
              if (tabbed && frame && document.activeElement === frame) frame.scrollIntoView();
            }, 0);
          });

          rove();
          if (!window.EventSource) return;
          var source = new EventSource('/events?after=' +
            document.getElementById('strips').getAttribute('data-last'));
          source.onmessage = function (event) {
            var change = JSON.parse(event.data);
            if (change.strip) addStrip(change.strip, change.html);
            else replace(change.id, change.html);
          };
        })();

        """
}
