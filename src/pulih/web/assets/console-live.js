// What changes while a page is open: marked for five seconds, said to be behind, forms emptied once they were taken.

const MARKED_MS = 5000;
// Numbers move all the time; words that were not there before are worth a look.
const WORTH = "h1, .level, .reasons li, #entries li, .incidents .what, .findings .what";
const until = new Map();
let before = new Set();

// What the reader has unfolded stays unfolded when the page is renewed.
window.htmx.config.morphIgnore.push("open");

document.addEventListener("htmx:before:swap", () => {
  before = new Set([...document.querySelectorAll(WORTH)].map((one) => one.textContent));
});

document.addEventListener("htmx:after:swap", () => {
  const now = Date.now();
  for (const one of document.querySelectorAll(WORTH)) {
    if (!before.has(one.textContent)) until.set(one.textContent, now + MARKED_MS);
    const left = (until.get(one.textContent) ?? 0) - now;
    if (left <= 0) continue;
    one.classList.add("is-new");
    setTimeout(() => one.classList.remove("is-new"), left);
  }
});

// An act that was done leaves its form empty, and no other: somebody may be half way through the next. What was said
// about it is where the reader is led.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx.request.method !== "POST") return;
  const fault = document.querySelector("#trouble:not(:empty), #fault");
  if (!fault) {
    const sent = event.detail.ctx.sourceElement.getAttribute("action");
    for (const form of document.querySelectorAll("#page form")) {
      if (form.getAttribute("action") !== sent) continue;
      form.reset();
      const sheet = form.closest("details.act");
      if (sheet) sheet.open = false;
    }
  }
  (fault ?? document.getElementById("done"))?.focus();
});

// Forms act upon the version that was seen. When others acted meanwhile, the page says so beside them.
document.addEventListener("htmx:after:swap", () => {
  const now = document.querySelector("#headline[data-version]")?.dataset.version;
  const seen = document.getElementById("work")?.dataset.version;
  const behind = document.getElementById("behind");
  if (behind && now && seen) behind.hidden = now === seen;
});
