// What the buyer's pages have besides: to send a link by what his phone offers, or to copy it; and what he
// has unfolded stays so when the page turns. Nothing here decides anything. It is read before the page is
// drawn, so that its buttons stand where they stay.
"use strict";
const page = document.documentElement.classList;
page.add("lively");
if (navigator.share) page.add("shares");
const words = (button, kind) => document.getElementById(button.dataset[kind]);

// Where there is no clipboard to write to, or it is refused, the text is marked and copied as of old.
const copied = async (text) => {
  try {
    await navigator.clipboard.writeText(text.textContent);
    return true;
  } catch (e) {
    getSelection().selectAllChildren(text);
    return document.execCommand("copy");
  }
};

const sending = () => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (navigator.share) button.classList.remove("main");
    button.addEventListener("click", async () => {
      if (await copied(words(button, "copy"))) button.textContent = button.dataset.done;
    });
  }
  for (const button of document.querySelectorAll("[data-share]")) button.addEventListener("click", () => {
    navigator.share({ text: words(button, "share").textContent }).catch(() => {}); // he thought better of it
  });
};

// Some apps' browsers keep nothing, and say so by throwing.
const folding = () => {
  try {
    for (const fold of document.querySelectorAll("details[id]")) {
      const key = location.pathname + "#" + fold.id;
      fold.open = sessionStorage.getItem(key) === "open";
      fold.addEventListener("toggle", () => sessionStorage.setItem(key, fold.open ? "open" : ""));
    }
  } catch (e) { /* it is folded again when the page turns */ }
};
document.addEventListener("DOMContentLoaded", () => { sending(); folding(); });
