// Keeps a page up to date: small changes at once, the rest by fetching the page anew. Works on server HTML.
const body = document.body;
const words = JSON.parse(body.dataset.words);
const language = document.documentElement.lang;
const locale = language === "en" ? "en-GB" : language;
const SILENCE_MS = 12000; // two heartbeats and a bit
const HIDDEN_MS = 300000;
const BATCH_MS = 1500;
const NAMES = ["hello", "hb", "chain", "hop", "comp", "incident", "notice"];
const SHAPES = { unreachable: "unknown", maint: "maintenance" };

const $ = (id) => document.getElementById(id);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const time = new Intl.DateTimeFormat(locale, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: body.dataset.zone,
});
const day = new Intl.DateTimeFormat(locale, {
  day: "numeric", month: "short", timeZone: body.dataset.zone,
});

function clock(moment) {
  const at = new Date(moment);
  const today = day.format(at) === day.format(Date.now() + offset);
  return today ? time.format(at) : `${day.format(at)} ${time.format(at).slice(0, 5)}`;
}

function age(moment) {
  const s = Math.max(0, Math.floor((Date.now() + offset - new Date(moment)) / 1000));
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.floor(s / 60)} min`;
  if (s < 172800) return `${Math.floor(s / 3600)} ${language === "en" ? "h" : "u"}`;
  return `${Math.floor(s / 86400)} d`;
}

// The server's clock counts: a phone that is two minutes off would show ages that are not.
const offset = new Date($("clock").dateTime) - Date.now();
let heard = Date.now();
let lost = null;
let stalled = null;
let paused = null;
let refreshing = null;
let changes = 0;
let batch = null;
let epoch = body.dataset.position;

// --- the bar: is what you see still true? ---------------------------------------------------------

function state() {
  const [link, text] = paused
    ? ["paused", fill(words.paused, { time: clock(paused) })]
    : lost
      ? ["lost", fill(words.lost, { time: clock(lost) })]
      : stalled
        ? ["stalled", fill(words.stalled, { time: clock(stalled) })]
        : ["live", ""];
  if ($("bar").dataset.link === link && $("alarm").textContent === text) return;
  $("bar").dataset.link = link;
  $("alarm").textContent = text;
  const bad = link === "lost" || link === "stalled";
  body.classList.toggle("stale", bad);
  const title = document.title.replace(/^\(!\) /, "");
  document.title = bad ? `(!) ${title}` : title;
  const icon = document.querySelector("link[rel=icon]");
  icon.dataset.calm ??= icon.href;
  icon.href = bad ? icon.dataset.alarm : icon.dataset.calm;
}

function beat(data) {
  if (data.last_event) $("bar").dataset.event = data.last_event;
  stalled = data.stalled_since;
  const mark = data.watermark ? fill(words.mark, { time: clock(data.watermark) }) : words.no_mark;
  $("mark").textContent = data.silent ? `${mark}, ${fill(words.silent, data)}` : mark;
  state();
}

function tick() {
  if (Date.now() - heard > SILENCE_MS && !lost) lost = new Date(heard + offset).toISOString();
  $("clock").textContent = time.format(Date.now() + offset);
  const last = $("bar").dataset.event;
  if (last) $("age").textContent = fill(words.event, { age: age(last) });
  for (const one of document.querySelectorAll("[data-ago]")) {
    const text = age(one.dataset.ago);
    if (one.textContent !== text) one.textContent = text;
  }
  state();
}

// --- changes ----------------------------------------------------------------------------------------

function show(element, name, ok) {
  if (!element) return;
  const shape = SHAPES[name] ?? name;
  for (const known of ["up", "degraded", "down", "unknown", "maintenance", "unmeasured"]) {
    element.classList.toggle(`is-${known}`, known === shape);
  }
  element.querySelector("use").setAttribute("href", `#s-${shape}`);
  element.querySelector(".shape").setAttribute("class", `shape is-${shape}`);
  const word = element.querySelector(".word");
  if (word) word.textContent = shape === "up" && !ok ? "" : words[name];
}

const on = {
  chain(list) {
    for (const one of list) {
      const row = $(`c-${one.id}`);
      if (row && row.dataset.state !== one.state) {
        row.dataset.state = one.state;
        show(row, one.state, true);
      }
    }
    changes += list.length;
    say();
    refresh();
  },
  hop(list) {
    for (const one of list) {
      const cell = $(`h-${one.chain} ${one.hop}`);
      if (!cell) continue;
      show(cell, one.state, false);
      cell.querySelector(".count").textContent = `${one.up}/${one.total}`;
    }
  },
  comp(list) {
    if (list.some((one) => $(`p-${one.id}`))) refresh();
  },
  incident: () => refresh(),
  notice: () => refresh(),
};

function say() {
  batch ??= setTimeout(() => {
    $("told").textContent = changes === 1 ? words.one_change : fill(words.changes, { count: changes });
    changes = 0;
    batch = null;
  }, BATCH_MS);
}

// Many viewers hear of one change at once; the wait spreads their requests.
function refresh(at_once = false) {
  refreshing ??= setTimeout(load, at_once ? 0 : 250 + Math.random() * 500);
}

async function load() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (paused) return;
    swap(page);
  } catch {
    // No connection: the stream notices, and the bar says so.
  } finally {
    refreshing = null;
  }
}

function swap(page) {
  const fresh = page.getElementById("main");
  if (!fresh || $("main").innerHTML === fresh.innerHTML) return;
  const held = document.activeElement;
  if (held?.id === "q") return; // somebody is typing
  const href = $("main").contains(held) ? held.getAttribute("href") : null;
  const open = [...document.querySelectorAll("main details")].map((one) => one.open);
  $("main").replaceChildren(...fresh.childNodes);
  [...document.querySelectorAll("main details")].forEach((one, at) => { one.open = open[at] ?? false; });
  if (href) document.querySelector(`main a[href="${CSS.escape(href).replace(/\\(?=[/:.])/g, "")}"]`)?.focus();
}

function hear(message) {
  if (message.name === "lost") {
    lost ??= new Date(heard + offset).toISOString();
    state();
    return;
  }
  const back = lost !== null;
  heard = Date.now();
  lost = null;
  if (message.name === "hb") beat(message.data);
  else if (message.name === "hello") greet(message.data, back);
  else if (!paused) on[message.name]?.(message.data);
  if (back) $("told").textContent = words.back;
  state();
}

function greet(data, back) {
  if (data.build !== body.dataset.build && body.classList.contains("wall")) location.reload();
  const position = `${data.epoch}-${data.seq}`;
  if (data.resync && (position !== epoch || back)) refresh(true);
  epoch = position;
}

// --- the connection ------------------------------------------------------------------------------

let port = null;
let source = null;

function connect() {
  if (window.SharedWorker) {
    if (port) return port.postMessage("join");
    const worker = new SharedWorker(body.dataset.stream, { name: `stream-${body.dataset.build}` });
    worker.addEventListener("error", () => { port = null; direct(); });
    port = worker.port;
    port.addEventListener("message", (event) => hear(event.data));
    port.start();
  } else direct();
}

function direct() {
  source = new EventSource("/events");
  for (const name of NAMES) {
    source.addEventListener(name, (event) => hear({ name, data: JSON.parse(event.data) }));
  }
  source.addEventListener("error", () => {
    hear({ name: "lost" });
    if (source.readyState === EventSource.CLOSED) setTimeout(direct, 3000);
  });
}

function leave() {
  port?.postMessage("leave");
  source?.close();
}

let away = null;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) away = setTimeout(() => { leave(); away = "left"; }, HIDDEN_MS);
  else if (away === "left") { heard = Date.now(); connect(); refresh(true); away = null; }
  else { clearTimeout(away); away = null; }
});
addEventListener("pagehide", leave);
addEventListener("pageshow", (event) => { if (event.persisted) { heard = Date.now(); connect(); refresh(true); } });

$("pause").addEventListener("click", () => {
  paused = paused ? null : new Date(Date.now() + offset).toISOString();
  $("pause").setAttribute("aria-pressed", String(Boolean(paused)));
  $("pause").textContent = paused ? words.resume : words.pause;
  if (!paused) refresh(true);
  state();
});

body.classList.add("live");
connect();
tick();
setInterval(tick, 1000);
