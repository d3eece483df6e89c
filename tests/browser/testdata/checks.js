// What a page must hold to, each check as a function that returns what offends: [{check, at, why}]. The tests
// put it into pages by the debugger, so it is bound neither to old engines nor to the pages' content policy.
"use strict";
(() => {
  const every = (selector, within = document) => [...within.querySelectorAll(selector)];
  const name = (e) => {
    const own = (n) => n.localName + (n.id ? "#" + n.id : "")
      + [...n.classList].map((c) => "." + c).join("")
      + (n.getAttribute("name") ? `[name=${n.getAttribute("name")}]` : "");
    const parent = e.parentElement;
    return (parent && parent !== document.body ? own(parent) + " > " : "") + own(e);
  };
  const said = (e) => (e.innerText || e.value || e.getAttribute("aria-label") || "").trim().slice(0, 40);
  const shown = (e) => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!e.checkVisibility()) return false; // what is folded away has a box, too
    if (box.width < 1 || box.height < 1 || style.visibility !== "visible") return false;
    return !(box.width <= 1.5 && box.height <= 1.5); // for screen readers only
  };
  const fault = (check, e, why) => ({ check, at: e ? name(e) : "page", why });
  const px = (n) => Math.round(n * 10) / 10;

  // Lines of text as they are drawn, each with the element that holds it.
  const lines = () => {
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walk.nextNode());) {
      const e = node.parentElement;
      if (!node.data.trim() || ["SCRIPT", "STYLE", "NOSCRIPT", "TEXTAREA", "OPTION"].includes(e.tagName)) continue;
      if (!shown(e)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) found.push({ e, box });
    }
    return found;
  };

  const wide = (width) => {
    const out = every("body *").filter((e) => {
      const box = e.getBoundingClientRect();
      return shown(e) && !e.closest("svg *") && (box.right > width + 0.6 || box.left < -0.6);
    });
    const faults = out.filter((e) => !out.some((inner) => inner !== e && e.contains(inner))).map((e) =>
      fault("wide", e, `${px(e.getBoundingClientRect().left)} to ${px(e.getBoundingClientRect().right)} on ${width}`));
    for (const { e, box } of lines()) {
      if (box.right > width + 0.6) faults.push(fault("wide", e, `text to ${px(box.right)} on ${width}: ${said(e)}`));
    }
    const scroll = document.documentElement.scrollWidth;
    if (scroll > width && !faults.length) faults.push(fault("wide", null, `scrolls to ${scroll} on ${width}`));
    return faults;
  };

  // Letters that touch the edge of the screen are hard to read, and a bent screen swallows them.
  const edge = (width) => lines().filter(({ box }) => box.left < 8 || (box.right > width - 8 && box.right <= width + 0.6))
    .map(({ e, box }) => fault("edge", e, `text from ${px(box.left)} to ${px(box.right)} on ${width}: ${said(e)}`));

  const speaks = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());

  // Text that its box does not show, or that sticks out of its box.
  const cut = () => {
    const faults = [];
    for (const e of every("body, body *")) {
      if (!shown(e) || e.closest("svg")) continue;
      if (e.tagName === "INPUT" && e.value) continue; // what somebody typed into one line goes along with his finger
      const style = getComputedStyle(e), hides = style.overflowX !== "visible" || e.tagName === "INPUT";
      if ((hides || speaks(e)) && style.display !== "inline" && e.scrollWidth > e.clientWidth + 1) {
        faults.push(fault("cut", e, `${e.scrollWidth} in ${e.clientWidth} wide${hides ? ", hidden" : ""}: ${said(e)}`));
      }
      const short = style.overflowY !== "visible" && e.tagName !== "INPUT" && e.scrollHeight > e.clientHeight + 1;
      if (short && e.tagName !== "BODY") {
        faults.push(fault("cut", e, `${e.scrollHeight} in ${e.clientHeight} high: ${said(e)}`));
      }
    }
    for (const { e, box } of lines()) {
      const frame = e.closest("button, a.button, .card, .problem, summary, label, td, dd");
      if (!frame) continue;
      const around = frame.getBoundingClientRect();
      if (box.left < around.left - 1 || box.right > around.right + 1) {
        faults.push(fault("cut", e, `text sticks out of ${name(frame)}: ${said(e)}`));
      }
    }
    return faults;
  };

  const tappable = () => every("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")
    .filter((e) => shown(e) && !e.disabled);
  const meet = (a, b) => Math.min(Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

  // Two things to press that share a place, and text that lies on other text.
  const overlap = () => {
    const faults = [], all = tappable(), text = lines();
    all.forEach((a, i) => all.slice(i + 1).forEach((b) => {
      if (a.contains(b) || b.contains(a)) return;
      if (meet(a.getBoundingClientRect(), b.getBoundingClientRect()) > 1) faults.push(fault("overlap", b, "lies on " + name(a)));
    }));
    // A line's box is higher than its letters: a quarter less at the top and at the bottom is the letters.
    const letters = ({ box }) => ({
      left: box.left, right: box.right, top: box.top + box.height / 4, bottom: box.bottom - box.height / 4,
    });
    text.forEach((a, i) => text.slice(i + 1).forEach((b) => {
      if (a.e !== b.e && meet(letters(a), letters(b)) > 1) faults.push(fault("overlap", b.e, `text on the text of ${name(a.e)}`));
    }));
    return faults;
  };

  // A link in a sentence may be as high as its line: WCAG 2.5.8 excepts what is "in a sentence or its size is
  // otherwise constrained by the line-height of non-target text". A radio or a tick is pressed by its label too.
  const small = (least) => tappable().filter((e) => {
    if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return true;
    let block = e.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.innerText.trim() === e.innerText.trim();
  }).map((e) => {
    const label = ["radio", "checkbox"].includes(e.type) ? e.closest("label") || e.labels[0] : null;
    return { e, box: (label || e).getBoundingClientRect() };
  }).filter(({ box }) => box.width < least - 0.1 || box.height < least - 0.1)
    .map(({ e, box }) => fault("small", e, `${px(box.width)} × ${px(box.height)}: ${said(e)}`));

  const headings = () => {
    const count = every("h1").length;
    return count === 1 ? [] : [fault("h1", null, `${count} of them`)];
  };

  // A page wants one thing of its reader: one button is the main one, and of a form's choices
  // one is.
  const mains = () => {
    const main = every("button.main, a.button.main").filter(shown);
    if (main.length > 1) return main.slice(1).map((e) => fault("main", e, `one of ${main.length}: ${said(e)}`));
    const open = every("form.choices button").filter((e) => shown(e) && !e.matches(".plain, .danger, .row *"));
    return main.length || !open.length ? [] : [fault("main", open[0], `none, but ${said(open[0])}`)];
  };

  // All that a reader is told, seen or read aloud.
  const words = () => [document.title, document.body.innerText,
    ...every("textarea").map((e) => e.value), ...every("input[type=text], input[type=tel]").map((e) => e.value),
    ...every("[placeholder], [aria-label], [alt], [title]").flatMap((e) =>
      ["placeholder", "aria-label", "alt", "title"].map((a) => e.getAttribute(a) || ""))].join("\n");

  const rawKeys = (text, keys) => [
    ...keys.filter((key) => text.includes(key)),
    ...(text.match(/\{\{.*?\}\}|<no value>|%![a-z(]|undefined|\bNaN\b|\[object/g) || []),
  ].map((key) => fault("key", null, key));

  // foreign finds words of another language, once what is data and not words has been taken out.
  const foreign = (text, data, names) => {
    let rest = text;
    for (const known of data) rest = rest.split(known).join(" ");
    rest = rest.replace(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/g, " "); // a code to type
    for (const known of names) rest = rest.replace(new RegExp(`(?<![A-Za-z])${known}(?![A-Za-z])`, "g"), " ");
    const found = document.documentElement.lang === "en"
      ? rest.match(/[\u3400-\u9fff\u3001\u3002\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u300c\u300d]+/g)
      : [...(rest.match(/[A-Za-z][A-Za-z'’]{2,}/g) || []), ...(rest.match(/[\u3400-\u9fff][,;:!?]/g) || [])];
    return [...new Set(found || [])].map((word) => fault("language", null, word));
  };

  const once = (faults) => [...new Map(faults.map((f) => [f.check + f.at + f.why, f])).values()];

  const judged = (which) => axe.run(document, { resultTypes: ["violations"], ...which }).then((r) =>
    r.violations.flatMap((v) => v.nodes.map((n) => ({
      check: "axe " + v.id, at: n.target.join(" "), why: n.failureSummary.replace(/\s+/g, " ").slice(0, 200),
    }))));

  // A phone's own browser can send a link itself; the one of an app or of a desk cannot.
  if (location.pathname.endsWith("-shares")) navigator.share = () => Promise.resolve();

  globalThis.looks = {
    wide: (width) => once(wide(width)),
    // firm is what holds whatever the width, the letters' size and the engine.
    firm: (width) => once([...wide(width), ...edge(width), ...cut(), ...overlap()]),
    page: (width, { keys, data, names }) => once([...looks.firm(width), ...small(44), ...headings(), ...mains(),
      ...rawKeys(words(), keys), ...foreign(words(), data, names)]),
    // unfold shows what a reader can open.
    unfold: () => { for (const e of every("details")) e.open = true; },
    // enlarge doubles each letter, as the setting of a phone or of an app does for pages shown in it.
    enlarge: (times) => {
      const sizes = every("body, body *").map((e) => [e, parseFloat(getComputedStyle(e).fontSize)]);
      for (const [e, size] of sizes) e.style.setProperty("font-size", size * times + "px", "important");
    },
    plain: () => { for (const e of every("body, body *")) e.style.removeProperty("font-size"); },
    axe: () => judged({}),
    // At night nothing but colours is another: the rules about the rest have had their say by day.
    axeOfColours: () => judged({ runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }),
  };
})();
