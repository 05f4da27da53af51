/* Fourth P. What the pages do better with a script; none of them needs it.
   The words come from <template>s in the page, so they are translated there. */
"use strict";

const me = () => document.body.dataset.me || "";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/* What was chosen and not yet saved is kept in this tab, by learner and form, so that a reload
   or a lost Wi-Fi takes nothing away. Storage may be refused: then there is only the page. */
const keyOf = (form) => `${me()} ${form.getAttribute("action")}`;
const memory = {
  read: (form) => { try { return JSON.parse(sessionStorage.getItem(keyOf(form))); } catch { return null; } },
  write: (form, fields) => { try { sessionStorage.setItem(keyOf(form), JSON.stringify(fields)); } catch { /* kept on the page */ } },
  forget: (form) => { try { sessionStorage.removeItem(keyOf(form)); } catch { /* nothing was kept */ } },
  keepOnly: (person) => {
    try {
      Object.keys(sessionStorage).filter((key) => !person || !key.startsWith(`${person} `))
        .forEach((key) => sessionStorage.removeItem(key));
    } catch { /* nothing was kept */ }
  },
};
const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== "csrf_token");

function putBack(form) {
  const fields = memory.read(form);
  if (!fields) return;
  for (const field of form.elements) {
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
  say(form, "unsaved");
}

/* One of the four states, beside the button; `why` is what the course said of a failure. */
function say(form, state, why) {
  const place = form.querySelector("[data-state]");
  const words = document.getElementById(`_state-${state}`);
  if (!place || !words) return;
  place.replaceChildren(words.content.cloneNode(true));
  if (why) place.querySelector(".why").textContent = why.textContent;
}

/* Saving: the answer's page comes back in the same request and takes this one's place, without
   an entry in the history. Whatever fails leaves everything as it was, and says why if it can. */
async function save(form, button) {
  if (form.dataset.saving) return;
  form.dataset.saving = "1";
  memory.write(form, fieldsOf(form));
  say(form, "saving");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), 20000);
  try {
    const body = new URLSearchParams(new FormData(form));
    if (button && button.name) body.set(button.name, button.value);
    if ("part" in form.dataset) body.set("part", "1");
    const answer = await fetch(form.action, { method: "POST", body, signal: late.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const here = page.getElementById(form.dataset.save);
    if (answer.ok && here) memory.forget(form);
    if (here) show(page, answer, form.dataset.save);
    else say(form, "failed", page.querySelector("[data-why]"));
  } catch {
    say(form, "failed");
  } finally {
    clearTimeout(timer);
    delete form.dataset.saving;
  }
}

function show(page, answer, anchor) {
  const part = page.querySelector("[data-phone]");
  if (part && document.querySelector("[data-phone]")) return putPart(part, true);
  document.title = page.title;
  document.body.replaceWith(page.body);
  if (answer.ok) history.replaceState(null, "", `${answer.url.split("#")[0]}#${anchor}`);
  prepare();
  const here = document.getElementById(anchor);
  here.focus();
  here.scrollIntoView();
}

/* Order: a line moves up or down, and the selects say its new place. */
function move(button) {
  const list = button.closest("[data-order]");
  const place = (line) => Number(line.querySelector("select").value) || Infinity;
  const lines = [...list.children].sort((one, other) => (place(one) - place(other)) || 0);
  const line = button.closest("li");
  const from = lines.indexOf(line);
  const to = Math.min(lines.length - 1, Math.max(0, from + Number(button.dataset.move)));
  lines.splice(to, 0, ...lines.splice(from, 1));
  lines.forEach((one, index) => { one.querySelector("select").value = index + 1; });
  list.append(...lines);
  button.focus();
  changed(button.form);
}

/* Hands: one more, one less; what most are for is said beside the choice of it. */
function countHand(button) {
  const field = button.parentNode.querySelector("input");
  field.value = Math.min(999, Math.max(0, Number(field.value) + Number(button.dataset.count)));
  handsChanged(button.form);
}

/* Where a session counts, hands are kept when the counting pauses. What is pressed meanwhile
   waits for it, or it would come from a page that is behind. */
let pause, keeping;
function handsChanged(form) {
  sayMost(form);
  if (!form.matches("[data-counting]")) return;
  say(form, "unsaved");
  clearTimeout(pause);
  pause = setTimeout(() => { keeping = keepHands(form).finally(() => { keeping = null; }); }, 600);
}

async function keepHands(form) {
  say(form, "saving");
  const sent = all("[data-letter]", form).map((one) => [one, one.value]);
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "count");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error();
    sent.forEach(([field, value]) => { field.defaultValue = value; });
    if (sent.every(([field, value]) => field.value === value)) form.querySelector("[data-state]").replaceChildren();
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say(form, "failed");
  }
}

function sayMost(form) {
  const place = form.querySelector("[data-most]");
  const fields = all("[data-letter]", form);
  if (!place || fields.every((one) => one.value === "")) return;
  const most = Math.max(...fields.map((one) => Number(one.value)));
  const enough = form.querySelector("[data-several]") ? Math.ceil(most / 2) : most;
  place.textContent = fields.filter((one) => most && Number(one.value) >= enough)
    .map((one) => one.dataset.letter).join(" ");
}

/* The wall and the trainer's page ask every two seconds whether what they show is still so. */
async function follow() {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { "If-None-Match": `"${here.dataset.follow}"` } });
    if (answer.status === 200) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* the laptop is busy or asleep: what is on the wall stays */ }
  setTimeout(follow, 2000);
}

/* The time of an examination is counted down here and asked for again: the server decides. At the
   end what is chosen and not saved yet is sent, and the page shows what became of it. */
async function watchTime() {
  const line = document.querySelector("[data-time]");
  if (!line) return;
  const now = performance.now();
  line.since = line.since || now;
  line.asked = line.asked || now;
  const left = Math.ceil(line.dataset.seconds - (now - line.since) / 1000);
  const clock = line.querySelector("[data-clock]");
  if (clock && left >= 0) {
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(left / 3600);
    const minutes = Math.floor(left / 60) % 60;
    clock.textContent = hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
  }
  if (left <= 0 && !line.sent) {
    line.sent = true;
    all("form[data-save]").filter((form) => memory.read(form)).forEach((form) => save(form));
  }
  if (now - line.asked > (left < -6 ? 2000 : 10000)) await askTime(line);
}

async function askTime(line) {
  line.asked = performance.now();
  try {
    const answer = await fetch(line.dataset.time);
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page && page.querySelector("[data-time]");
    if (there && there.dataset.over && !line.dataset.over) location.reload();
    else if (there && line.isConnected) line.replaceWith(there);
  } catch { /* the laptop is busy or asleep: the count goes on */ }
}

/* Keying in: Enter goes on to the next field; at the last one it sends. */
function goOn(event) {
  const fields = all("input[type=text]", event.target.form);
  const next = fields[fields.indexOf(event.target) + 1];
  if (next) { event.preventDefault(); next.focus(); next.select(); }
}

/* Marking by keys, while the focus is in what is marked: a digit says that the criterion of that
   number is met or has one point more, after the most none again; Enter saves. Keys are told by
   their place, so that they are the same on every keyboard. */
function markByKey(event) {
  const here = event.target.closest("[data-keys]");
  if (!here || event.altKey || event.metaKey) return;
  const form = here.querySelector("form[data-save]");
  const types = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  if (event.key === "Escape" && types) return document.getElementById("answer").focus();
  if (event.key === "Enter" && form && !event.target.matches("a, button, summary, textarea, #reason")
      || event.key === "Enter" && event.ctrlKey && types) {
    event.preventDefault();
    return form.requestSubmit();
  }
  if (types || event.ctrlKey) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  const link = here.querySelector(`[data-key="${event.code}"]`);
  const boxes = digit && form ? all(`[data-criterion="${digit[1]}"]`, form) : [];
  if (boxes.length) {
    const next = boxes[(boxes.findIndex((one) => one.checked) + 1) % boxes.length];
    next.checked = boxes.length > 1 || !next.checked;
    changed(form);
  } else if (link) link.click();
  else if (event.code === "KeyR" && form) document.getElementById("remark").focus();
  else return;
  event.preventDefault();
}

/* An earlier remark, put where it can be changed. */
function putText(button) {
  const field = document.getElementById(button.dataset.put);
  field.value = button.parentNode.firstElementChild.textContent;
  field.focus();
  changed(field.form);
}

/* A phone in class asks every two seconds, each at a moment of its own, whether what it shows is
   still so. Where the side port can be reached it is told at once, and asks less often. What was
   chosen and not yet saved comes back with the form, as after a reload. */
let streaming = false;
let asking = 0;
const rest = () => (document.hidden ? 30000 : streaming ? 15000 : 2000) * (0.75 + Math.random() / 2);

function putPart(there, focus) {
  const here = document.querySelector("[data-phone]");
  const at = here.contains(document.activeElement) ? document.activeElement : null;
  const token = document.querySelector("header [name=csrf_token]");
  all("[name=csrf_token]", there).forEach((one) => { one.value = token.value; });
  here.replaceWith(there);
  prepare();
  const same = at && at.name && all(`[name="${CSS.escape(at.name)}"]`, there).find((one) => one.value === at.value);
  if (focus) there.focus();
  else if (same) same.focus();
}

async function freshen() {
  const here = document.querySelector("[data-phone]");
  if (!here || !here.dataset.url || here.querySelector("form[data-saving]")) return;
  const answer = await fetch(`${here.dataset.url}/part`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const there = page.querySelector("[data-phone]");
  if (!there) location.reload();
  else if (there.dataset.phone !== here.dataset.phone && here.isConnected) putPart(there);
}

async function attend() {
  const here = document.querySelector("[data-phone]");
  if (!here || !here.dataset.url) return;
  clearTimeout(asking);
  try {
    const answer = await fetch(`${here.dataset.url}/state`, { headers: { "If-None-Match": `"${here.dataset.phone}"` } });
    if (answer.status !== 304) await freshen();
  } catch { /* the Wi-Fi or the laptop is away: what is shown stays */ }
  asking = setTimeout(attend, rest());
}

function listen() {
  const place = document.querySelector("[data-stream]");
  if (!place || !window.EventSource) return;
  const { url } = document.querySelector("[data-phone]").dataset;
  if (!url) return;
  const stream = new EventSource(`${location.protocol}//${location.hostname}:${place.dataset.stream}${url}`);
  let lost = 0;
  stream.onopen = () => { streaming = true; lost = 0; };
  stream.onmessage = ({ data }) => {
    if (data !== document.querySelector("[data-phone]").dataset.phone) freshen().catch(() => { /* it asks again */ });
  };
  stream.onerror = () => {
    if (!streaming && (lost += 1) > 5 || stream.readyState === 2) stream.close();
    if (streaming) { streaming = false; attend(); }
  };
}

/* What has moved on takes the place of what is here. While the stage is the same only counts are
   brought up to date, so that what is being typed stays. */
function take(page) {
  const here = document.querySelector("[data-follow]");
  const there = page.querySelector("[data-follow]");
  if (!here || !there) return;
  if (!here.dataset.stage || here.dataset.stage !== there.dataset.stage) {
    const link = here.contains(document.activeElement) && document.activeElement.getAttribute("href");
    here.replaceWith(there);
    if ("keep" in here.dataset) all("a", there).filter((one) => link && one.getAttribute("href") === link).forEach((one) => one.focus());
    else scrollTo(0, 0);
    return prepare();
  }
  here.dataset.follow = there.dataset.follow;
  const pair = (one) => (one.id ? document.getElementById(one.id) : here.querySelector(`[name="${one.name}"]`));
  all("[data-live]", there).forEach((one) => { if (pair(one)) pair(one).replaceWith(one); });
  all("[name=moment]", there).forEach((one) => { if (pair(one)) pair(one).value = one.value; });
  all("[data-letter]", there).forEach((one) => {
    const field = pair(one);
    if (field && field.value === field.defaultValue) { field.defaultValue = one.value; field.value = one.value; }
  });
}

/* A timer counts down from what the laptop said was left. */
function tick() {
  all("[data-left]").forEach((one) => {
    one.dataset.ends ||= Date.now() + 1000 * Number(one.dataset.left);
    const left = Math.max(0, Math.round((one.dataset.ends - Date.now()) / 1000));
    one.firstElementChild.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  });
}

/* Keys of a page that runs a class. Each has its button, and they can be turned off. */
const KEYS = { Space: "next", PageDown: "next", PageUp: "back", KeyB: "b", Period: "b" };
const keys = {
  on: () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } },
  set: (on) => { try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* for this page only */ } },
};
function pressKey(event) {
  const box = document.querySelector("[data-shortcuts]");
  if (!box || !box.checked || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, select, textarea")) return;
  if (event.code === "Space" && event.target.closest("button, a, summary")) return;
  const [, digit] = event.code.match(/^(?:Digit|Numpad)([1-9])$/) || [];
  const key = digit ? (event.shiftKey ? `less-${digit}` : digit) : KEYS[event.code];
  const button = key && document.querySelector(`[data-key="${key}"]`);
  if (button) { event.preventDefault(); button.click(); }
}

function changed(form) {
  memory.write(form, fieldsOf(form));
  say(form, "unsaved");
}

function prepare() {
  if (me()) memory.keepOnly(me());
  all("form[data-save]").forEach(putBack);
  all("[data-move], [data-count], [data-put], [data-keys-help], [data-print][hidden], [data-scripted]").forEach((one) => { one.hidden = false; });
  all("[data-shortcuts]").forEach((one) => { one.checked = keys.on(); });
}

document.addEventListener("input", ({ target }) => {
  if (target.form && target.form.matches("[data-save]")) changed(target.form);
  if (target.matches("[data-letter]")) handsChanged(target.form);
  if (target.matches("[data-shortcuts]")) keys.set(target.checked);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-hand-over]")) memory.keepOnly("");
  if (form.matches("[data-save]")) { event.preventDefault(); save(form, event.submitter); }
  if (form.matches("[data-counting]")) {
    clearTimeout(pause);
    if (keeping) { event.preventDefault(); keeping.then(() => form.requestSubmit(event.submitter)); }
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move], [data-count], [data-put], [data-print]");
  if (!button) return;
  if (button.dataset.move) return move(button);
  if (button.dataset.count) return countHand(button);
  if (button.dataset.put) return putText(button);
  event.preventDefault();
  window.print();
});
document.addEventListener("keydown", markByKey);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-grid] input[type=text]")) return goOn(event);
  if (!event.altKey || !event.shiftKey || event.code !== "KeyW") return;
  const wellbeing = document.querySelector('[accesskey="w"]');
  if (wellbeing) { event.preventDefault(); wellbeing.click(); }
});
document.addEventListener("keydown", pressKey);
/* The next learner's Back button must not show this one's page. */
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

document.addEventListener("visibilitychange", () => { if (!document.hidden) attend(); });

prepare();
setTimeout(follow, 2000);
setInterval(watchTime, 1000);
asking = setTimeout(attend, rest());
listen();
setInterval(tick, 500);
