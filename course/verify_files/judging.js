// Whose signature it is, and what the lists say of the record: exchange/compact.py and
// revocations.py again. Only "valid" is ever shown in green.

const RECORD = "fourth-p record 1\n", LIST = "fourth-p revocations 1\n";

// Ed25519 of the browser where it has it, else of the small library in this page.
async function isSigned(publicText, message, signature) {
  try {
    const publicBytes = fromBase64(publicText);
    let key;
    try {
      key = await crypto.subtle.importKey("raw", publicBytes, {name: "Ed25519"}, false, ["verify"]);
    } catch {
      return ed25519.verify(signature, message, publicBytes, {zip215: false});
    }
    return await crypto.subtle.verify({name: "Ed25519"}, key, signature, message);
  } catch {
    return false;
  }
}

function fromBase64(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, letter => letter.charCodeAt(0));
}

function joined(prefix, bytes) {
  const head = new TextEncoder().encode(prefix), whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}

// The verdict on the text of a square code: {state, reason, facts, keyId, key, ended, listsOf}.
async function judged(text, keys, lists) {
  let record;
  try {
    record = parts(text);
  } catch {
    const isOurs = text.replace(/^[\ufeff \r\n]+/, "").startsWith(PREFIX);
    return {state: "not-valid", reason: isOurs ? "damaged" : "no-record"};
  }
  const keyId = [...record.body.subarray(0, KEY_BYTES)].map(
    byte => byte.toString(16).padStart(2, "0")).join("");
  const known = keys.filter(key => key.id === keyId);
  if (!known.length) return {state: "unknown-key", facts: record.facts, keyId};
  const message = joined(RECORD, record.body);
  for (const key of known) {
    if (await isSigned(key.public, message, record.signature)) {
      return {keyId, key,
              ...byLists(record.facts, key, lists.filter(one => one.prefix === key.prefix))};
    }
  }
  return {state: "not-valid", reason: "signature", keyId};
}

function byLists(facts, key, lists) {
  const said = [key, ...lists.flatMap(one => one.keys.filter(each => each.public === key.public))];
  const retired = said.map(one => one.retired).find(Boolean);
  const found = lists.flatMap(one => one.entries).filter(entry => entry[0] === facts.number)
    .map(([number, when, status, reason, successor]) => ({number, when, status, reason, successor}));
  // Revoked outweighs superseded, wherever each was written.
  const order = one => (one.status === "revoked" ? "0" : "1") + one.when;
  const ended = found.sort((one, other) => order(one) < order(other) ? -1 : 1)[0];
  const listsOf = lists.map(one => one.made).sort().pop() || "";
  if (said.some(one => one.compromised)) return {state: "stolen-key", facts, ended, listsOf};
  if (retired && facts.issued > retired) return {state: "not-valid", reason: "after-retirement"};
  if (ended) {
    return {state: ended.status === "revoked" ? "revoked" : "superseded", facts, ended, listsOf};
  }
  return {state: "valid", facts, listsOf};
}

// JSON as it was signed: RFC 8785, of what a list holds.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map(
    name => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

// A revocation list from a file; throws unless a key of the same academy signed it.
async function readList(text, keys) {
  const {signature, ...shape} = JSON.parse(text.replace(/^\ufeff/, ""));
  if (shape.format !== "fourth-p-revocations") throw new Damaged();
  const message = joined(LIST, new TextEncoder().encode(canonical(shape)));
  for (const key of keys) {
    if (key.id === shape.key && key.prefix === shape.prefix && !key.compromised
        && await isSigned(key.public, message, fromBase64(signature))) {
      return shape;
    }
  }
  throw new Damaged();
}
