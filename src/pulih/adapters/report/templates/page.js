(function () {
var page = document.documentElement, other = page.dataset.other, near = { ms: "id", jv: "id", jw: "id", su: "id", "in": "id" };
if (location.hash.length < 2) {
var asked = (navigator.languages || [navigator.language]).map(function (one) { one = one.toLowerCase().split("-")[0]; return near[one] || one; });
var known = asked.filter(function (one) { return one === page.lang || one === other; });
if (known[0] === other) { location.replace("#" + other); }
}
function unfold() {
var one = document.getElementById(location.hash.slice(1));
for (; one; one = one.parentElement) { if (one.tagName === "DETAILS") { one.open = true; } }
}
addEventListener("hashchange", unfold);
addEventListener("DOMContentLoaded", unfold);
})();
