/// The panel's style and script. Nothing is loaded from anywhere else.
enum PanelAssets {
    static let style = """
        :root { --accent: #0b5d4a; --line: #d7dad8; --ink: #17201c; --dim: #55605a; }
        * { box-sizing: border-box; }
        html { scroll-padding-top: 4rem; }
        body { margin: 0; font: 18px/1.45 system-ui, "Noto Sans", "Noto Sans SC", sans-serif;
            color: var(--ink); background: #fff; font-variant-numeric: tabular-nums; }
        header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center;
            padding: .6rem 1rem; border-bottom: 1px solid var(--line); }
        h1 { font-size: 1.25rem; margin: 0; }
        h2 { font-size: 1.15rem; margin: 0 0 .6rem; }
        p { margin: .3rem 0; }
        .state { color: var(--dim); margin: 0; flex: 1; }
        nav { display: flex; gap: 0 .65rem; overflow-x: auto; padding: 0 .7rem; font-size: .95rem;
            border-bottom: 1px solid var(--line); position: sticky; top: 0; background: #fff;
            z-index: 1; }
        nav a { line-height: 48px; color: var(--accent); text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        #said { margin: 0; padding: .2rem 1rem; min-height: 2.1rem; color: var(--accent);
            font-weight: 600; }
        main { display: grid; gap: 1.5rem; padding: 0 1rem 3rem; grid-template-columns: 1fr; }
        section { min-width: 0; }
        .world > section { padding-bottom: 1.2rem; margin-bottom: 1.2rem;
            border-bottom: 1px solid var(--line); }
        .world > section:last-child { border-bottom: 0; }
        iframe { width: 100%; height: 760px; border: 1px solid var(--line); border-radius: 4px;
            background: #fff; }
        button, input, select { font: inherit; min-height: 48px; border-radius: 4px; color: inherit;
            border: 1px solid #8b958f; background: #fff; padding: 0 .8rem; }
        button { cursor: pointer; }
        button:hover { border-color: var(--accent); color: var(--accent); }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        input { min-width: 0; }
        .line { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center;
            margin: .4rem 0; }
        .line input { flex: 1 1 6rem; width: 6rem; }
        .buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .4rem 0; }
        .head { display: flex; justify-content: space-between; align-items: baseline; }
        .number { font-size: 2.2rem; line-height: 1.2; text-align: right; font-weight: 600; }
        .device { border-top: 1px solid var(--line); padding: .4rem 0; }
        .device span { color: var(--dim); }
        details { margin-top: .6rem; }
        summary { line-height: 48px; cursor: pointer; font-weight: 600; }
        .cards { display: grid; gap: .5rem;
            grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
        .cards.numbers { grid-template-columns: repeat(5, 1fr); }
        .card { display: flex; flex-direction: column; justify-content: space-between;
            gap: .3rem; padding: .5rem; text-align: left; font-size: 1rem; line-height: 1.25; }
        .card-code { width: 100%; height: 28px; background: #fff; }
        #strips { list-style: none; padding: 0; margin: 0; }
        .paper { width: 317px; max-width: 100%; padding: 14px 12px 18px; margin: 0 auto 1.2rem;
            background: #fffefa; border: 1px solid var(--line); box-shadow: 0 1px 4px #0002;
            font: 12px/17px "DejaVu Sans Mono", "Noto Sans Mono", monospace; color: #222;
            overflow-x: auto; }
        #hanging .paper { border-top: 8px solid #444; margin-bottom: .4rem; }
        #hanging form { text-align: center; margin-bottom: 1.2rem; }
        .paper .line { display: block; margin: 0; white-space: pre; min-height: 17px; }
        .centre { text-align: center; }
        .right { text-align: right; }
        .paper i { display: inline-block; width: 2ch; text-align: center; font-style: normal;
            font-family: "WenQuanYi Zen Hei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
        .bold { font-weight: 700; }
        .underlined { text-decoration: underline; }
        .inverted { background: #222; color: #fff; }
        .double { font-size: 200%; line-height: 40px; }
        .tall { display: inline-block; transform: scaleY(2); transform-origin: top;
            margin-bottom: 20px; }
        .wide { display: inline-block; transform: scaleX(2); transform-origin: left; }
        .wrapped::after { content: "\\21a9"; color: #a33; }
        .code { padding: 6px 0; }
        .code button { border: 0; padding: 0; background: none; line-height: 0; }
        .code svg { max-width: 100%; }
        .torn { border-top: 2px dashed #888; color: var(--dim); text-align: center; }
        .errors { color: #a3261b; width: 312px; max-width: 100%; margin: -.8rem auto 1.2rem; }
        @media (min-width: 900px) {
            main { grid-template-columns: 392px minmax(0, 1fr); }
            #paper { grid-column: 1 / -1; }
        }
        @media (min-width: 1200px) {
            main { grid-template-columns: 392px minmax(0, 1fr) 352px; }
            #paper { grid-column: auto; max-height: calc(100vh - 50px); overflow-y: auto;
                position: sticky; top: 50px; padding: 0 .4rem; }
            #counter { position: sticky; top: 50px; align-self: start; }
            iframe { height: calc(100vh - 150px); min-height: 480px; }
        }

        """

    /// Sends forms without leaving the page and puts what changed into its place.
    static let script = """
        'use strict';
        (function () {
          var said = document.getElementById('said');
          function say(text) { said.textContent = text; }
          document.addEventListener('submit', function (event) {
            var form = event.target, button = event.submitter;
            if (!window.fetch || form.getAttribute('action') !== '/do') return;
            event.preventDefault();
            var fields = new URLSearchParams(new FormData(form));
            var address = '/do';
            if (button) {
              if (button.name) {
                fields.set(button.name, button.value);
              }
              if (button.hasAttribute('formaction')) address = button.getAttribute('formaction');
            }
            fetch(address, { method: 'POST', body: fields, headers: { 'Accept': 'text/plain' } })
              .then(function (answer) { return answer.text(); })
              .then(say, function () { say('The world does not answer.'); });
            if (form.id === 'scan-form' && !(button && button.name)) form.text.select();
          });
          function replace(id, html) {
            var place = document.getElementById(id);
            if (!place) return;
            var focused = document.activeElement && document.activeElement.id;
            place.innerHTML = html;
            var again = focused && document.getElementById(focused);
            if (again && document.activeElement !== again) again.focus();
          }
          function addStrip(number, html) {
            var list = document.getElementById('strips');
            if (document.getElementById('strip-' + number)) return;
            list.insertAdjacentHTML('afterbegin', html);
            while (list.children.length > 40) list.removeChild(list.lastElementChild);
          }
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
