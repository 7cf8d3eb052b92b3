// Queues by keyboard. Without this script they are lists of links.
"use strict";

const queue = document.querySelector("[data-queue]");
const rows = [...queue.querySelectorAll("tbody tr")];
let at = -1;

function stand(index) {
  if (!rows.length) { return; }
  rows[at]?.classList.remove("at");
  at = Math.min(rows.length - 1, Math.max(0, index));
  rows[at].classList.add("at");
  rows[at].scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => stand(at + 1),
  k: () => stand(at - 1),
  o: () => rows[at]?.querySelector("a")?.click(),
  Enter: () => rows[at]?.querySelector("a")?.click(),
  c: () => rows[at]?.querySelector("button[value=claim]")?.click(),
  t: () => queue.querySelector("button[data-key=t]")?.click(),
  n: () => queue.querySelector("a[rel=next]")?.click(),
  b: () => queue.querySelector("a[rel=first]")?.click(),
  "/": () => queue.querySelector("input[type=search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) { return; }
  if (event.target.closest("input, textarea, select, button, a")) {
    if (event.key === "Escape") { event.target.blur(); }
    return;
  }
  const act = KEYS[event.key];
  if (!act) { return; }
  event.preventDefault();
  act();
});
