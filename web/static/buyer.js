// What the buyer's pages have besides: to send a link by what his phone offers, or to copy it; and what he
// has unfolded stays so when the page turns. Nothing here decides anything.
"use strict";
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
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copied(words(button, "copy"))) button.textContent = button.dataset.done;
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  for (const other of button.parentNode.querySelectorAll("[data-copy]")) other.classList.remove("main");
  button.addEventListener("click", () => {
    navigator.share({ text: words(button, "share").textContent }).catch(() => {}); // he thought better of it
  });
}

// Some apps' browsers keep nothing, and say so by throwing.
try {
  for (const fold of document.querySelectorAll("details[id]")) {
    const key = location.pathname + "#" + fold.id;
    fold.open = sessionStorage.getItem(key) === "open";
    fold.addEventListener("toggle", () => sessionStorage.setItem(key, fold.open ? "open" : ""));
  }
} catch (e) { /* it is folded again when the page turns */ }
