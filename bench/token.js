// What it costs to verify an access token of our own: known, not known, and by bare jose.
//   npm run build && node bench/token.js [--rounds 5 --milliseconds 400 --concurrency 16 --write]
import { randomUUID } from "node:crypto";
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from "jose";
import { createTokenIssuer, createTokenVerifier } from "../dist/identity/token/index.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions({ rounds: 5, milliseconds: 400, concurrency: [16] }, {});
const names = { issuer: "https://id.example.com", audience: "https://api.example.com" };
const tokens = 1_000;

const lines = [];
for (const algorithm of /** @type {const} */ (["EdDSA", "ES256"])) {
  await compare(algorithm, await waysWith(algorithm));
}
const text = lines.join("\n").trimEnd();
process.stdout.write(`${text}\n`);
writeResult(options, {
  name: "token",
  title: "Verifying our own access tokens against bare jose",
  about: [versionOf("jose")],
  text,
});

/** @param {"EdDSA" | "ES256"} algorithm */
async function waysWith(algorithm) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const set = { keys: [{ ...jwk, kid, alg: algorithm }] };
  const issuer = createTokenIssuer({
    ...names,
    keys: { current: async () => ({ kid, algorithm, privateKey }) },
  });
  const issued = await Promise.all(Array.from({ length: tokens }, () => issuer.issue(claims())));
  const token = (/** @type {number} */ i) => issued[i % tokens].token;
  const keySet = async () => set;
  const known = createTokenVerifier({ ...names, keySet });
  // Too small for the tokens in turn, so that none is known when it comes round again.
  const unknown = createTokenVerifier({ ...names, keySet, cacheSize: 1 });
  const joseSet = createLocalJWKSet(set);
  const rules = { ...names, typ: "at+jwt", algorithms: [algorithm] };
  return {
    "jose.jwtVerify": (/** @type {number} */ i) => jwtVerify(token(i), joseSet, rules),
    "tenantry, not known": (/** @type {number} */ i) => unknown.verify(token(i)),
    "tenantry, known": (/** @type {number} */ i) => known.verify(token(i)),
  };
}

function claims() {
  return {
    accountId: randomUUID(),
    tenantId: randomUUID(),
    role: "admin",
    permissions: ["billing:write", "projects:read", "projects:write"],
    sessionId: randomUUID(),
    grantId: randomUUID(),
    membershipVersion: 1,
    tenantVersion: 1,
    authenticatedAt: Math.floor(Date.now() / 1000),
  };
}

/** The first way is the base of the ratios. @param {string} title @param {Record<string, import("./support/measure.js").Way>} ways */
async function compare(title, ways) {
  for (const concurrency of options.concurrency) {
    const samples = await interleave(ways, { ...options, concurrency, role: "none" });
    const [base] = Object.values(samples);
    lines.push(`## ${title}, ${concurrency} at one time`, "");
    lines.push("| way | µs | ratio | processor µs |", "| --- | --- | --- | --- |");
    for (const [name, taken] of Object.entries(samples)) {
      const wall = summary(taken.map((sample) => sample.wall)).median;
      const node = summary(taken.map((sample) => sample.node)).median;
      const { median } = ratios(taken, base);
      lines.push(`| ${name} | ${wall.toFixed(2)} | ${median.toFixed(2)} | ${node.toFixed(2)} |`);
    }
    lines.push("");
  }
}
