// Makes pages that work without it livelier. Nothing here decides anything. For engines of 2018 and later.
"use strict";
const body = document.body.dataset, all = (what) => Array.from(document.querySelectorAll(what));
const on = (kinds, act) => { for (const kind of kinds.split(" ")) addEventListener(kind, act); };
let born = Date.now(), leaving, alive, busy, told, stream, timer, wait, pressed;
const counters = all("time[data-left]"), two = (n) => (n < 10 ? "0" : "") + n, whole = Math.floor;
const clock = (s) => (s < 3600 ? "" : whole(s / 3600) + ":") +
  (s < 3600 ? whole(s / 60) : two(whole(s / 60) % 60)) + ":" + two(s % 60);
if (counters.length) setInterval(() => {
  const gone = whole((Date.now() - born) / 1000);
  for (const c of counters) c.textContent = clock(Math.max(0, c.dataset.left - gone));
  if (counters.some((c) => c.dataset.left - gone === -2)) check();
}, 1000);
// The page asks whether it would look different by now, and only then loads itself again. It asks seldom
// while a stream tells of changes, often at first without one, and not at all while nobody looks.
const quick = 1000 * body.refresh, plan = () => {
  clearTimeout(timer);
  if (quick && !document.hidden) timer = setTimeout(check, alive ? 5 * quick : wait);
  wait = Math.min(wait * 1.3, 5 * quick);
};
const compare = (page) => {
  const lefts = page.match(/ data-left="\d+"/g) || [], same = page.includes(`data-mark="${body.mark}"`);
  if (page && !same) { leaving = true; location.reload(); }
  if (!same || lefts.length !== counters.length) return;
  born = Date.now();
  counters.forEach((c, i) => { c.dataset.left = lefts[i].replace(/\D/g, ""); });
};
const check = () => {
  if (leaving || document.hidden || "posted" in body) return;
  fetch(location.pathname + location.search, { credentials: "same-origin", headers: { Accept: "text/html" } })
    .then((answer) => (answer.status < 500 && answer.status !== 429 ? answer.text() : ""))
    .then(compare).catch(() => {}).then(plan);
};
const wake = () => {
  if (stream) stream.close();
  alive = false; wait = quick; plan();
  if (!body.stream || document.hidden || !window.EventSource) return;
  stream = new EventSource(body.stream);
  stream.onopen = () => { alive = true; };
  stream.onerror = () => { alive = false; wait = quick; plan(); };
  for (const news of ["transition", "thanks"]) stream.addEventListener(news, check);
};
on("online visibilitychange", () => { wake(); check(); });
on("pagehide", () => stream && stream.close());
on("pageshow", (e) => { arm(); if (e.persisted) { leaving = false; wake(); check(); } });
wake();
// A form is sent once, and its button says so, until there is another page or the wait has been too long.
const arm = () => { busy = false; for (const b of all("button")) b.removeAttribute("data-busy"); };
on("click", (e) => { pressed = e.target.closest("button"); });
on("submit", (e) => {
  if (busy) { e.preventDefault(); return; }
  if (pressed) pressed.dataset.busy = body.working;
  busy = setTimeout(arm, 15000);
});
const send = (form) => form && (form.requestSubmit ? form.requestSubmit() : form.submit());
send(all("form[data-submit]")[0]);
for (const a of all("a[data-go]")) location.replace(a.href); // going back does not lead here and away again
// "Opened" is told once, after a person touched the page: scanners do not touch.
if ("touched" in body) on("touchstart pointerdown keydown", () => {
  for (const input of all("input[name=told]")) input.value = "1";
  told = told || fetch(location.pathname, { method: "POST", credentials: "same-origin", keepalive: true,
    body: new URLSearchParams("then=opened") }).catch(() => {});
});
// A merchant's word for who opens the link travels behind it, where no server logs it.
const word = new URLSearchParams(location.hash.slice(1)).get("voucher");
for (const a of all("a[hreflang]")) a.hash = location.hash;
const asIs = location.search.replace(/[?&]lang=[\w-]*$/, ""); // a choice is made once, not with each look
if (word || asIs !== location.search) history.replaceState(null, "", location.pathname + asIs);
if (word) for (const input of all("input[name=voucher]")) input.value = word;
if (word) send(all("form[data-contact]")[0]); // he is known: no tap is needed
// The app's bridge comes when it comes. What it answers proves nothing: the result page asks us.
for (const button of all("[data-bridge]")) {
  const params = JSON.parse(button.dataset.bridge), quit = (said) => /cancel|6001/.test(JSON.stringify(said));
  const done = (said) => location.replace("/pay/result" + (quit(said) ? "" : "?back=1"));
  const [app, how, what] = "tradeNO" in params ? ["AlipayJSBridge", "call", "tradePay"]
    : ["WeixinJSBridge", "invoke", "getBrandWCPayRequest"];
  const ask = () => window[app] && window[app][how](what, params, done);
  button.addEventListener("click", ask);
  if (window[app]) ask(); else document.addEventListener(app + "Ready", ask, { once: true });
}
