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
  sayMost(button.form);
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

/* The wall asks every two seconds whether what it shows is still so. */
async function follow() {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { "If-None-Match": `"${here.dataset.follow}"` } });
    const page = answer.status === 200 && new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = page && page.querySelector("[data-follow]");
    if (there) { here.replaceWith(there); scrollTo(0, 0); }
  } catch { /* the laptop is busy or asleep: what is on the wall stays */ }
  setTimeout(follow, 2000);
}

/* A phone in class asks every two seconds, each at a moment of its own, whether what it shows is
   still so. Where the side port can be reached it is told at once, and asks less often. What was
   chosen and not yet saved comes back with the form, as after a reload. */
let streaming = false;
let asking = 0;
const pause = () => (document.hidden ? 30000 : streaming ? 15000 : 2000) * (0.75 + Math.random() / 2);

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
  asking = setTimeout(attend, pause());
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

function changed(form) {
  memory.write(form, fieldsOf(form));
  say(form, "unsaved");
}

function prepare() {
  if (me()) memory.keepOnly(me());
  all("form[data-save]").forEach(putBack);
  all("[data-move], [data-count], [data-print][hidden]").forEach((one) => { one.hidden = false; });
}

document.addEventListener("input", ({ target }) => {
  if (target.form && target.form.matches("[data-save]")) changed(target.form);
  if (target.matches("[data-letter]")) sayMost(target.form);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-hand-over]")) memory.keepOnly("");
  if (form.matches("[data-save]")) { event.preventDefault(); save(form, event.submitter); }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move], [data-count], [data-print]");
  if (!button) return;
  if (button.dataset.move) return move(button);
  if (button.dataset.count) return countHand(button);
  event.preventDefault();
  window.print();
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey || !event.shiftKey || event.code !== "KeyW") return;
  const wellbeing = document.querySelector('[accesskey="w"]');
  if (wellbeing) { event.preventDefault(); wellbeing.click(); }
});
/* The next learner's Back button must not show this one's page. */
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

document.addEventListener("visibilitychange", () => { if (!document.hidden) attend(); });

prepare();
setTimeout(follow, 2000);
asking = setTimeout(attend, pause());
listen();
