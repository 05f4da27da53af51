// The page: three ways in, one verdict out.

const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = JSON.parse(document.getElementById("words").textContent);
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur", "ps", "dv", "ckb"];
const LARGEST = [1600, 3200, 800];
const by = id => document.getElementById(id);

let language = "en", lists = DATA.lists, turn = 0, shown = null;

function word(name, ...values) {
  const text = WORDS[language][name];
  return values.reduce((said, value, place) => said.replace(`{${place}}`, value), text);
}

// A date in a sentence that runs the other way.
function isolated(text) {
  return `\u2066${text}\u2069`;
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Checking ---------------------------------------------------------------------------------

// Whatever was shown is gone at the first change: no verdict ever stands beside another text.
function forget() {
  show(null);
  return ++turn;
}

function show(verdict) {
  shown = verdict;
  draw();
}

async function check() {
  const mine = forget(), text = by("text").value;
  if (!text.trim()) return;
  const verdict = await judged(text, DATA.keys, lists);
  if (mine === turn) show(verdict);
}

async function checkPicture(file) {
  const mine = forget();
  by("text").value = "";
  show({state: "looking"});
  const text = await codeIn(file);
  if (mine !== turn) return;
  if (text === null) {
    show({state: "no-code"});
  } else {
    by("text").value = text;
    await check();
  }
}

// The text of the square code in a picture, at one size or another.
async function codeIn(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  for (const most of LARGEST) {
    const scale = Math.min(1, most / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const drawing = canvas.getContext("2d", {willReadFrequently: true});
    drawing.fillStyle = "#fff";
    drawing.fillRect(0, 0, canvas.width, canvas.height);
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const pixels = drawing.getImageData(0, 0, canvas.width, canvas.height);
    const found = jsQR(pixels.data, pixels.width, pixels.height, {inversionAttempts: "attemptBoth"});
    if (found) return found.data;
  }
  return null;
}

// Showing ----------------------------------------------------------------------------------

function draw() {
  const verdict = by("verdict");
  verdict.className = shown ? shown.state : "";
  verdict.replaceChildren(...(shown ? said(shown) : []));
  const rows = shown && shown.facts ? factRows(shown) : [];
  by("facts").replaceChildren(...rows.flatMap(row));
  by("record-title").textContent = word(shown && shown.state === "unknown-key" ? "claims" : "facts");
  by("record").hidden = !rows.length;
}

function said(verdict) {
  if (["looking", "no-code"].includes(verdict.state)) return [element("p", word(verdict.state))];
  const lines = [element("p", word(verdict.state), {class: "said"}),
                 element("p", word(verdict.reason || `${verdict.state}-says`))];
  if (verdict.facts && isOver(verdict.facts)) lines.push(element("p", word("expired")));
  if (verdict.key && verdict.facts && !verdict.listsOf) lines.push(element("p", word("no-lists")));
  if (verdict.ended) {
    const list = element("dl", ""), {when, reason, successor} = verdict.ended;
    const rows = [["when", when, {dir: "ltr"}], ["why", reason, {dir: "auto"}],
                  ["successor", successor, {dir: "ltr"}]];
    list.append(...rows.filter(one => one[1]).flatMap(row));
    lines.push(list);
  }
  return lines;
}

function isOver(facts) {
  const now = new Date(), two = number => String(number).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return facts.valid_until !== "" && facts.valid_until < today;
}

// A line of facts: a word, what it says, and how it is written.
function row([name, text, attributes]) {
  const value = element("dd", "");
  value.append(element("bdi", text, attributes));
  return [element("dt", word(name)), value];
}

function factRows({facts, key, keyId, listsOf}) {
  const plain = {dir: "ltr"}, free = {dir: "auto"}, own = {};
  const rows = [
    ["name", facts.name, {...free, class: "large"}],
    ["other_name", facts.other_name, {...free, class: "large", lang: facts.other_language}],
    ["number", facts.number, plain],
    ["kind", word(facts.kind), own],
    ["manual", facts.manual, plain],
    ["edition", facts.edition, plain],
    ["minutes", length(facts.minutes), own],
    ["issued", facts.issued, plain],
    ["doubtful", facts.doubtful, plain],
    ["begun", facts.begun, plain],
    ["ended", facts.ended, plain],
    ["valid_until", facts.valid_until, plain],
    ["modules", facts.modules && word("of", ...facts.modules), own],
    ["cases", facts.cases && word("of", ...facts.cases), own],
    ["attendance", facts.attendance && attended(facts.attendance), own],
    ["score", facts.score !== undefined && word("of", facts.score, facts.of), own],
    ["needed", facts.needed !== undefined && `${facts.needed / 10} %`, own],
    ["examined", facts.examined, plain],
    ["overrides", facts.overrides && String(facts.overrides), own],
    ["supersedes", facts.supersedes, plain],
    ["record_language", named(facts.language), own],
    ["signed-by", key && key.academy, free],
    ["key", key ? key.fingerprint : keyId, plain],
    ["lists-of", listsOf && listsOf.slice(0, 10), plain],
  ];
  return rows.filter(one => one[1]);
}

function length(minutes) {
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  return rest ? word("hours-minutes", hours, rest) : word("hours", hours);
}

function attended([done, of]) {
  return of ? word("of", length(done), length(of)) : length(done);
}

// A language by its name, where the browser knows it.
function named(code, inLanguage = language) {
  try {
    return new Intl.DisplayNames([inLanguage], {type: "language"}).of(code);
  } catch {
    return code;
  }
}

function drawKeys() {
  by("keys").replaceChildren(...DATA.keys.map(key => {
    const item = element("li", "");
    item.append(element("bdi", key.academy), " ", element("code", key.fingerprint, {dir: "ltr"}),
                ...noted(key));
    return item;
  }));
  by("made").textContent = word("made", isolated(DATA.made));
}

function noted(key) {
  if (key.compromised) return [" ", element("strong", word("compromised"))];
  return key.retired ? [` (${word("retired")} `, element("bdi", key.retired), ")"] : [];
}

function speak(chosen) {
  language = chosen;
  const root = document.documentElement;
  root.lang = chosen;
  root.dir = RIGHT_TO_LEFT.includes(chosen) ? "rtl" : "ltr";
  document.title = word("title");
  for (const one of document.querySelectorAll("[data-word]")) {
    one.textContent = word(one.dataset.word);
  }
  by("list-said").textContent = "";
  drawKeys();
  draw();
}

// Beginning --------------------------------------------------------------------------------

async function takeList(file) {
  try {
    const list = await readList(await file.text(), DATA.keys);
    lists = [...lists, list];
    by("list-said").textContent = word("list-taken", isolated(list.made.slice(0, 10)));
  } catch {
    by("list-said").textContent = word("list-refused");
  }
  await check();
}

by("text").addEventListener("input", () => {
  const mine = forget();
  // A full stop ends a text, and can stand in it: wait until the scanner has typed all.
  if (by("text").value.trimEnd().endsWith(END)) {
    setTimeout(() => mine === turn && check(), 250);
  }
});
by("text").addEventListener("focus", () => by("text").select());
by("text").addEventListener("keydown", event => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  check().then(() => by("text").select());  // the next scan takes the place of this one
});
by("form").addEventListener("submit", event => {
  event.preventDefault();
  check();
});
by("picture").addEventListener("change", event => {
  if (event.target.files[0]) checkPicture(event.target.files[0]);
});
document.addEventListener("paste", event => {
  const file = [...event.clipboardData.files].find(one => one.type.startsWith("image/"));
  if (!file) return;
  event.preventDefault();
  checkPicture(file);
});
for (const one of [by("picture"), by("list")]) {
  one.addEventListener("click", () => { one.value = ""; });  // the same file again is news too
}
by("list").addEventListener("change", event => {
  if (event.target.files[0]) takeList(event.target.files[0]);
});
by("language").append(...Object.keys(WORDS).map(
  code => element("option", named(code, code), {value: code, lang: code})));
by("language").addEventListener("change", event => speak(event.target.value));

const asked = navigator.languages.map(one => one.slice(0, 2)).find(one => one in WORDS) || "en";
by("language").value = asked;
speak(asked);
by("text").focus();
