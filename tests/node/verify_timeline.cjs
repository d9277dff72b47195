// Reads a published timeline with Sigstore's own verifier, which knows nothing of Pulih, and with the definition of
// RFC 6962 section 2.1 written out: signatures of checkpoints, proofs of inclusion, and roots of every size.
// Usage: node verify_timeline.cjs FOLDER; prints what was verified as JSON, or fails.
const fs = require("node:fs");
const path = require("node:path");
const crypto = require("node:crypto");
const { verifyCheckpoint } = require("./node_modules/@sigstore/verify/dist/tlog/checkpoint.js");
const { verifyMerkleInclusion } = require("./node_modules/@sigstore/verify/dist/tlog/merkle.js");

const root = path.join(process.argv[2], "tlog");
const key = fs.readFileSync(path.join(root, "key"), "utf8").trim();
const [name, hint, ...rest] = key.split("+");
const raw = Buffer.from(rest.join("+"), "base64").subarray(1);
// The fixed head of an Ed25519 public key in DER (RFC 8410).
const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
const publicKey = crypto.createPublicKey({ key: der, format: "der", type: "spki" });
const logs = [{ logID: Buffer.from(hint, "hex"), baseURL: name, publicKey }];

const sha = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
const leafHash = (entry) => sha(Buffer.from([0]), entry);
function treeHash(leaves) {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0];
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha(Buffer.from([1]), treeHash(leaves.slice(0, half)), treeHash(leaves.slice(half)));
}

function readTiles(folder, size) {
  const parts = [];
  for (let number = 0; number * 256 < size; number += 1) {
    const width = Math.min(256, size - number * 256);
    const digits = String(number).padStart(3, "0");
    parts.push(fs.readFileSync(path.join(root, "tile", folder, width === 256 ? digits : `${digits}.p/${width}`)));
  }
  return Buffer.concat(parts);
}

function readEntries(size) {
  const octets = readTiles("entries", size);
  const entries = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.readUInt16BE(at);
    entries.push(octets.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

const note = fs.readFileSync(path.join(root, "checkpoint"), "utf8");
const head = verifyCheckpoint({ inclusionProof: { checkpoint: { envelope: note } } }, logs);
const entries = readEntries(Number(head.logSize));
const leaves = entries.map(leafHash);
if (!treeHash(leaves).equals(head.logHash)) throw new Error("the entries are not those that were signed");
if (!Buffer.concat(leaves).equals(readTiles("0", leaves.length))) throw new Error("tiles and entries differ");

let proofs = 0;
for (const file of fs.readdirSync(path.join(root, "entries")).filter((one) => one.endsWith(".json"))) {
  const proved = JSON.parse(fs.readFileSync(path.join(root, "entries", file), "utf8"));
  for (const entry of proved.entries) {
    const hashes = entry.proof.map((one) => Buffer.from(one, "base64"));
    const inclusionProof = { logIndex: String(entry.number), hashes, checkpoint: { envelope: proved.checkpoint } };
    const checkpoint = verifyCheckpoint({ inclusionProof }, logs);
    verifyMerkleInclusion({ inclusionProof, canonicalizedBody: Buffer.from(entry.leaf) }, checkpoint);
    if (!treeHash(leaves.slice(0, Number(checkpoint.logSize))).equals(checkpoint.logHash)) throw new Error("rewritten");
    proofs += 1;
  }
}
console.log(JSON.stringify({ origin: head.origin, entries: entries.length, proofs }));
