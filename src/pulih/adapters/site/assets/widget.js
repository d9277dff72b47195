// One line on any other page: <script src="https://STATUS/widget.js" data-language="en" async></script>
// It shows how things stand, says when it does not know, and touches nothing else of the page.
"use strict";
(() => {
  const here = document.currentScript;
  const root = new URL(".", here.src).href;
  const language = here.dataset.language === "en" ? "en" : "id";
  const UNKNOWN = { id: "Keadaan layanan tidak diketahui", en: "State of service unknown" };
  const SHAPES = { down: ["!", "#d55e00", "0"], watch: ["△", "#e69f00", "4px"], ok: ["✓", "#009e73", "10px"], unknown: ["?", "#9aa0a6", "10px"] };

  const link = document.createElement("a");
  const box = document.createElement("span");
  const shadow = box.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`a{display:inline-flex;gap:8px;align-items:center;min-height:44px;padding:0 12px;border:1px solid #85898e;
    border-radius:8px;background:#fff;color:#1c1e21;font:600 16px/1.3 system-ui,sans-serif;text-decoration:none}
    i{display:inline-grid;place-items:center;width:20px;height:20px;color:#10181d;font:700 12px/1 system-ui}`);
  shadow.adoptedStyleSheets = [sheet];
  const icon = document.createElement("i"), words = document.createElement("span");
  icon.setAttribute("aria-hidden", "true");
  words.setAttribute("role", "status");
  link.append(icon, words);
  link.lang = language;
  link.href = language === "en" ? `${root}en/` : root;
  shadow.append(link);
  here.after(box);

  const show = (level, text) => {
    const [mark, colour, radius] = SHAPES[level] || SHAPES.unknown;
    icon.textContent = mark;
    icon.style.background = colour;
    icon.style.borderRadius = radius;
    words.textContent = text;
  };

  const ask = async () => {
    try {
      const now = await (await fetch(`${root}now.json`, { cache: "no-cache", credentials: "omit" })).json();
      const known = Date.now() < Date.parse(now.stale);
      const first = now.incidents[0];
      const one = now.incidents.length === 1 && (now.level === "down" || first.back[language]);
      const text = one ? [first.title[language], first.back[language]].filter(Boolean).join(". ") : now.sentence[language];
      show(known ? now.level : "unknown", `${now.desk}: ${known ? text : UNKNOWN[language]}`);
    } catch {
      show("unknown", UNKNOWN[language]);
    }
    setTimeout(ask, 60000 * (0.75 + Math.random() / 2));
  };

  show("unknown", UNKNOWN[language]);
  ask();
})();
