// Reading the text of a record: base45, then the facts as they are packed. The same as
// exchange/base45.py, packing.py and compact.py; whatever they refuse is refused here.

const PREFIX = "4P1:", END = ".";
const KEY_BYTES = 4, DIGEST_BYTES = 16, SIGNATURE_BYTES = 64;
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MARK = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NUMBER = /^[A-Z0-9]{2,8}-[0-9A-HJKMNP-TV-Z]{5}-[0-9]{4}-([1-9][0-9]{4,6}|[0-9]{4})$/;
const EPOCH = Date.UTC(1969, 11, 31), DAY = 86400000;

class Damaged extends Error {}

function fromBase45(text) {
  const found = [];
  for (let at = 0; at < text.length; at += 3) {
    const values = [...text.slice(at, at + 3)].map(letter => BASE45.indexOf(letter));
    if (values.length === 1 || values.includes(-1)) throw new Damaged();
    const value = values.reduce((sum, one, place) => sum + one * 45 ** place, 0);
    if (value >= 256 ** (values.length - 1)) throw new Damaged();
    if (values.length === 3) found.push(value >> 8);
    found.push(value & 255);
  }
  return new Uint8Array(found);
}

class Unpacker {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  raw(length) {
    if (this.at + length > this.data.length) throw new Damaged();
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  number() {
    let value = 0;
    for (let place = 0; place < 8; place++) {
      const byte = this.raw(1)[0];
      value += (byte & 127) * 2 ** (7 * place);
      if (byte < 128) return value;
    }
    throw new Damaged();
  }

  pair() {
    return [this.number(), this.number()];
  }

  day() {
    const [high, low] = this.raw(2), days = high * 256 + low;
    return days ? new Date(EPOCH + days * DAY).toISOString().slice(0, 10) : "";
  }

  text() {
    const head = this.number(), data = this.raw(Math.floor(head / 4));
    if (head % 4 === 0) return decoded("utf-8", data);
    if (head % 4 === 1) return throughWindow(data);
    if (head % 4 === 2) return decoded("utf-16be", data);
    throw new Damaged();
  }

  recordNumber() {
    const academy = this.text();
    const bits = this.raw(4).reduce((sum, byte) => sum * 256 + byte, 0);
    const device = [4, 3, 2, 1, 0].map(place => MARK[Math.floor(bits / 32 ** place) % 32]).join("");
    const year = String(this.number()).padStart(4, "0");
    const number = `${academy}-${device}-${year}-${String(this.number()).padStart(4, "0")}`;
    if (!NUMBER.test(number)) throw new Damaged();
    return number;
  }

  end() {
    if (this.at !== this.data.length) throw new Damaged();
  }
}

function decoded(encoding, data) {
  try {
    return new TextDecoder(encoding, {fatal: true, ignoreBOM: true}).decode(data);
  } catch {
    throw new Damaged();
  }
}

function throughWindow(data) {
  if (data.length < 2) throw new Damaged();
  const low = data[0] * 256 + data[1];
  const points = [...data.subarray(2)].map(
    byte => byte >= 32 && byte < 64 ? byte : low + (byte - 64 + 256) % 256);
  if (points.some(point => point >= 0xD800 && point < 0xE000)) throw new Damaged();
  return String.fromCodePoint(...points);
}

function unpacked(data) {
  const of = new Unpacker(data), flags = of.number();
  if (flags >= 128) throw new Damaged();
  const facts = {number: of.recordNumber(), kind: flags & 1 ? "achievement" : "completion"};
  for (const name of ["name", "other_name", "other_language", "language", "manual", "edition"]) {
    facts[name] = of.text();
  }
  facts.minutes = of.number();
  for (const name of ["issued", "begun", "ended", "valid_until"]) facts[name] = of.day();
  if (flags & 2) facts.overrides = of.number();
  if (flags & 4) facts.doubtful = of.day();
  if (flags & 8) {
    facts.modules = of.pair();
    facts.cases = of.pair();
  }
  if (flags & 16) facts.attendance = of.pair();
  if (flags & 32) {
    facts.score = of.number() / 100;
    facts.of = of.number();
    facts.needed = of.number();
    facts.examined = of.day();
  }
  if (flags & 64) facts.supersedes = of.recordNumber();
  of.end();
  return facts;
}

// What was signed, the signature, and what it says.
function parts(text) {
  const whole = text.replace(/[\r\n\ufeff]/g, "").trim();
  if (!whole.startsWith(PREFIX) || !whole.endsWith(END)) throw new Damaged();
  const data = fromBase45(whole.slice(PREFIX.length, -END.length));
  if (data.length <= KEY_BYTES + DIGEST_BYTES + SIGNATURE_BYTES) throw new Damaged();
  const body = data.subarray(0, -SIGNATURE_BYTES);
  return {body, signature: data.subarray(-SIGNATURE_BYTES),
          facts: unpacked(body.subarray(KEY_BYTES + DIGEST_BYTES))};
}
