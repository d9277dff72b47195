// The site needs no script. With it a page marks itself stale by the clock, follows what is published without being
// loaded again, and keeps a report that was sent without a network until there is one.
"use strict";
(() => {
  const root = document.body.dataset.root;
  const html = document.documentElement;
  const KEPT = "pulih-reports", KEPT_MAX = 10, EVERY_MS = 60000;
  let seen = "";

  const stale = () => {
    const until = Number(document.body.dataset.stale);
    html.classList.toggle("is-late", until > 0 && Date.now() > until);
  };

  // What somebody fills in, or has unfolded, is not taken out of their hands.
  const busy = () => document.querySelector("main :is(input, select, textarea):focus, main details[open]");

  const follow = async () => {
    const answer = await fetch(location.pathname, { cache: "no-cache" });
    if (!answer.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["main", "body > footer"]) {
      const [old, fresh] = [document.querySelector(part), next.querySelector(part)];
      if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
    }
    Object.assign(document.body.dataset, next.body.dataset);
    document.title = next.title;
  };

  const ask = async () => {
    try {
      // The browser sends the ETag that it has and takes 304 for an answer.
      const answer = await fetch(`${root}now.json`, { cache: "no-cache" });
      const now = answer.ok ? await answer.text() : seen;
      if (now !== seen && !busy()) {
        if (seen || Number(document.body.dataset.made) < Date.parse(JSON.parse(now).made)) await follow();
        seen = now;
      }
    } catch {
      // Without a network the page stays as it is, and the clock says when it is stale.
    }
    stale();
  };

  // Everybody asks at a moment of their own, so that a crowd does not ask at once.
  const later = () => setTimeout(async () => {
    if (document.visibilityState === "visible") await ask();
    later();
  }, EVERY_MS * (0.75 + Math.random() / 2));

  const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
  const keep = (reports) => localStorage.setItem(KEPT, JSON.stringify(reports.slice(-KEPT_MAX)));

  const send = async () => {
    for (const report of kept()) {
      try {
        const answer = await fetch(report.to, {
          method: "POST", body: report.said, headers: { "content-type": "application/x-www-form-urlencoded" },
        });
        if (answer.status >= 500 || answer.status === 429) return;
      } catch {
        return;
      }
      keep(kept().filter((one) => one.said !== report.said));
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (!form || navigator.onLine) return;
    event.preventDefault();
    const said = new URLSearchParams(new FormData(form)).toString();
    keep([...kept().filter((one) => one.said !== said), { to: form.action, said }]);
    const note = form.querySelector("[role=status]") || form.appendChild(document.createElement("p"));
    note.setAttribute("role", "status");
    note.textContent = form.dataset.keep;
  });

  html.classList.add("js");
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  addEventListener("online", () => { send(); ask(); });
  setInterval(stale, 15000);
  stale();
  send();
  if (document.body.dataset.made) ask();
  later();
})();
