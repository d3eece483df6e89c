// Makes pages that work without it a little livelier: countdowns, a page that
// turns by itself, a copy button. Nothing here decides anything.
"use strict";
const body = document.body.dataset;

const born = performance.now();
const counters = [...document.querySelectorAll("time[data-left]")];
const clock = (s) => {
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600), minutes = Math.floor(s / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
};
let reloading = false;
const reload = () => {
  if (!reloading && !("posted" in body)) location.reload();
  reloading = true;
};
const tick = () => {
  const gone = Math.floor((performance.now() - born) / 1000);
  for (const c of counters) {
    c.textContent = clock(Math.max(0, c.dataset.left - gone));
    if (c.dataset.left - gone === -2) reload();
  }
};
if (counters.length) setInterval(tick, 1000);

// The stream says that something changed; the page then asks the server what.
// A browser that cannot hold a stream asks every few seconds, like one without JavaScript.
const poll = () => setTimeout(reload, 1000 * (body.refresh || 5));
if (body.stream && window.EventSource) {
  const stream = new EventSource(body.stream);
  let opened = false;
  stream.addEventListener("open", () => { opened = true; });
  stream.addEventListener("transition", reload);
  stream.addEventListener("thanks", reload);
  stream.addEventListener("error", () => {
    if (stream.readyState !== EventSource.CLOSED && opened) return;
    stream.close();
    if (body.refresh) poll(); // what changes nothing of importance is not asked for
  });
  addEventListener("pagehide", () => stream.close());
} else if (body.refresh) {
  poll();
}
addEventListener("pageshow", (e) => { if (e.persisted) reload(); });

// "Opened" is told once, after a person touched the page: scanners do not touch.
// The form then says that it has been told.
if ("touched" in body) {
  const kinds = ["pointerdown", "keydown"];
  const tell = () => {
    for (const kind of kinds) removeEventListener(kind, tell);
    for (const input of document.querySelectorAll("input[name=told]")) input.value = "1";
    const form = new URLSearchParams({ then: "opened" });
    fetch(location.pathname, { method: "POST", keepalive: true, body: form }).catch(() => {});
  };
  for (const kind of kinds) addEventListener(kind, tell);
}

// A merchant's word for who opens the link travels behind it, where no server logs it.
const word = new URLSearchParams(location.hash.slice(1)).get("voucher");
if (word) {
  for (const input of document.querySelectorAll("input[name=voucher]")) input.value = word;
  history.replaceState(null, "", location.pathname);
  document.querySelector("form[data-contact]")?.requestSubmit(); // he is known: no tap is needed
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = button.dataset.done;
  });
}
document.querySelector("form[data-submit]")?.requestSubmit();

// The page is replaced, so that going back does not lead here and away again.
const go = document.querySelector("a[data-go]");
if (go) location.replace(go.href);

// The app's bridge comes when it comes. What it answers proves nothing: the result page
// knows what the provider told us.
const pay = document.querySelector("[data-bridge]");
if (pay) {
  const params = JSON.parse(pay.dataset.bridge), done = () => location.replace("/pay/result");
  const app = "tradeNO" in params ? "AlipayJSBridge" : "WeixinJSBridge";
  const ask = () => app === "AlipayJSBridge" ? window[app]?.call("tradePay", params, done)
    : window[app]?.invoke("getBrandWCPayRequest", params, done);
  pay.addEventListener("click", ask);
  if (window[app]) ask();
  else document.addEventListener(app + "Ready", ask, { once: true });
}
