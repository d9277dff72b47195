// Says when a page no longer hears from the desk, and marks for five seconds what changed in place.
(() => {
  "use strict";
  const SILENT_MS = 45000;
  const MARKED_MS = 5000;
  let heard = Date.now();

  const stale = () => document.getElementById("stale");
  const show = (isStale) => {
    const line = stale();
    if (!line || line.hidden === !isStale) return;
    line.hidden = !isStale;
    line.textContent = isStale ? line.dataset.words : "";
    document.body.classList.toggle("is-stale", isStale);
  };
  const fresh = () => { heard = Date.now(); show(false); };

  document.addEventListener("htmx:sse:after:message", fresh);
  document.addEventListener("htmx:sse:after:connection", fresh);
  // Chrome stops streams of hidden pages; one that is looked at again has a moment to catch up.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) heard = Date.now(); });
  // Words that nobody has sent yet stay on the page; whoever presses is told how to go on.
  const written = () => [...document.querySelectorAll("main textarea, main input:not([type=hidden])")]
    .some((field) => field.value !== field.defaultValue) || document.querySelector("#trouble form") !== null;
  const leave = () => {
    if (!written()) return location.assign("/sign-in?next=" + location.pathname);
    show(true);
    stale().textContent = stale().dataset.over;
  };
  document.addEventListener("signed_out", leave);
  // Parts that are fetched anew after the session ended would lead away too, whatever stands on the page.
  document.addEventListener("htmx:before:response", (event) => {
    if (event.detail?.ctx?.response?.status !== 401) return;
    event.preventDefault();
    leave();
  });
  // A stream that is begun again after the session ended is refused, and does not follow htmx's own ways.
  document.addEventListener("htmx:sse:error", (event) => { if (event.detail?.status === 401) leave(); });
  setInterval(() => { if (!document.hidden && Date.now() - heard > SILENT_MS) show(true); }, 5000);

  // What could not be taken is said above the page, which keeps what was written; the next try begins anew.
  const trouble = () => document.getElementById("trouble");
  const posts = (event) => event.detail?.ctx?.request?.method === "POST";
  document.addEventListener("htmx:before:request", (event) => { if (posts(event)) trouble()?.replaceChildren(); });
  document.addEventListener("htmx:error", (event) => {
    if (!posts(event) || event.detail.ctx.response || !trouble()) return;
    const line = document.createElement("p");
    line.className = "fault";
    line.setAttribute("role", "alert");
    line.textContent = trouble().dataset.unsent;
    trouble().replaceChildren(line);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target ?? event.target;
    if (!(target instanceof Element) || !target.matches("[data-mark]")) return;
    target.classList.add("is-new");
    setTimeout(() => target.classList.remove("is-new"), MARKED_MS);
  });
})();
