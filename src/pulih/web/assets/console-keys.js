// Keys of the console: j and k walk through a list, b and c press what they stand on, / searches, ? helps, Esc leaves.
// They can be switched off (WCAG 2.2, 2.1.4), and are silent while somebody writes.

const STORE = "pulih-keys";
const on = () => localStorage.getItem(STORE) !== "off";
const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

function walk(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + step));
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

// A folded form opens with its reason ready to be written; a field is entered; anything else is pressed.
function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("details")) {
    target.open = true;
    (target.querySelector("textarea") ?? target.querySelector("input:not([type=hidden]), select, form button")).focus();
  } else if (target.matches(WRITING)) {
    target.focus();
  } else {
    target.click();
  }
  return true;
}

function escape() {
  const sheet = document.activeElement?.closest("details[open]");
  if (sheet) {
    sheet.open = false;
    sheet.querySelector("summary").focus();
  } else {
    document.activeElement?.blur();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return escape();
  if (!on() || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(WRITING)) return;
  const done =
    event.key === "j" ? (walk(1), true)
    : event.key === "k" ? (walk(-1), true)
    : event.key === "?" ? (location.assign("/console/help"), true)
    : event.key === "/" ? press("/") || (location.assign("/console/incidents#q"), true)
    : event.key === "b" || event.key === "c" ? press(event.key)
    : false;
  if (done) event.preventDefault();
});

// Somebody who came with / or with # wants to be there.
function arrive() {
  const named = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  (document.getElementById("fault") ?? named)?.focus();
}
arrive();
addEventListener("hashchange", arrive);

const box = document.querySelector("[data-keys-switch]");
if (box) {
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
}

// Copying needs script; without it the text is there to be marked.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
    document.getElementById("copied").textContent = button.dataset.copied;
  });
}
