// Keys for people who live in this console; each does what a link or a button of the page does, and
// every page works without it.
"use strict";
const rows = () => [...document.querySelectorAll("[data-row]")];
const here = () => document.querySelector("[data-row].here");
const typing = (e) => e.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const help = document.getElementById("help");
let going = 0;

const step = (by) => {
  const all = rows(), at = all.indexOf(here());
  const to = all[Math.min(all.length - 1, Math.max(0, at + by))];
  if (!to) return;
  here()?.classList.remove("here");
  to.classList.add("here");
  to.scrollIntoView({ block: "nearest" });
  (to.querySelector("[data-open]") ?? to.querySelector("a, button"))?.focus({ preventScroll: true });
};
const press = (what) => here()?.querySelector(what)?.click();
const keys = {
  "/": () => document.getElementById("search")?.focus(),
  "?": () => help?.showModal(),
  j: () => step(1), k: () => step(-1),
  o: () => press("[data-open]"), n: () => press("[data-step]"), x: () => press("input[type=checkbox]"),
  g: () => { going = Date.now(); },
};

addEventListener("keydown", (e) => {
  if (e.key === "Escape" && typing(e)) e.target.blur();
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || help?.open) return;
  const place = Date.now() - going < 1500 && document.querySelector(`[data-go="${CSS.escape(e.key)}"]`);
  going = 0;
  if (place) {
    e.preventDefault();
    place.click();
  } else if (keys[e.key]) {
    e.preventDefault();
    keys[e.key]();
  }
});

// No refresh takes away what is ticked. The policy forbids eval, and with it htmx's own filters.
document.addEventListener("htmx:beforeRequest", (e) => {
  if (e.target.id === "live" && document.querySelector("#live :checked")) e.preventDefault();
});

// A refresh replaces the rows; the one that was looked at stays marked.
let kept = "";
document.addEventListener("htmx:beforeSwap", () => { kept = here()?.querySelector("[data-open]")?.getAttribute("href") ?? ""; });
document.addEventListener("htmx:afterSwap", () => {
  const link = kept && document.querySelector(`[data-row] [data-open][href="${CSS.escape(kept)}"]`);
  link?.closest("[data-row]").classList.add("here");
});
