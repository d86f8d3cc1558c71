import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { readAuthorityPayload, writeAuthorityPayload } from "./payload.js";

const keys = createKeyRing("s".repeat(32));
const tenantId = "0198c0de-0000-7000-8000-00000000000a";
const accountId = "0198c0de-0000-7000-8000-00000000000b";
const tokenId = accountId;

function signed(kind: string, text: string, { current } = keys): string {
  const mac = createHmac("sha256", current.material.registry).update(`${kind}:${text}`);
  return `${text}:${current.id}:${mac.digest("hex")}`;
}
const denial = (text: string, kind = "denied") => `denied:${signed(kind, text)}`;
const unread = { proven: false, doubt: null };

it("reads a member's version, a tenant's and a denial where the MAC is good", () => {
  expect(readAuthorityPayload(signed("authority", `${tenantId}:${accountId}:42`), keys)).toEqual({
    proven: true,
    change: { kind: "version", tenantId, accountId, version: 42 },
  });
  expect(readAuthorityPayload(signed("authority", `${tenantId}:*:42`), keys)).toEqual({
    proven: true,
    change: { kind: "version", tenantId, accountId: null, version: 42 },
  });
  expect(readAuthorityPayload(denial(`${tenantId}:${tokenId}:1800000000`), keys)).toEqual({
    proven: true,
    change: { kind: "denied", tenantId, tokenId, expiresAt: 1_800_000_000_000 },
  });
});

it.each([
  ["no MAC", `${tenantId}:${accountId}:42`],
  ["the MAC of a denial", signed("denied", `${tenantId}:${accountId}:42`)],
  ["the MAC of the registry", signed("notify", `${tenantId}:${accountId}:42`)],
  [
    "a MAC of another version",
    signed("authority", `${tenantId}:${accountId}:42`).replace(":42:", ":43:"),
  ],
  [
    "a key that is not live here",
    signed("authority", `${tenantId}:${accountId}:42`, createKeyRing("x".repeat(32))),
  ],
])("takes a version with %s for a doubt about the member", (_what, payload) => {
  expect(readAuthorityPayload(payload, keys)).toMatchObject({
    proven: false,
    doubt: { kind: "version", tenantId, accountId },
  });
});

it.each([
  ["no MAC", `denied:${tenantId}:${tokenId}:42`],
  ["the MAC of a version", denial(`${tenantId}:${tokenId}:42`, "authority")],
  ["a MAC of another time", denial(`${tenantId}:${tokenId}:42`).replace(":42:", ":43:")],
])("takes a denial with %s for a doubt about the token", (_what, payload) => {
  expect(readAuthorityPayload(payload, keys)).toMatchObject({
    proven: false,
    doubt: { kind: "denied", tenantId, tokenId },
  });
});

it.each(
  [
    "",
    tenantId,
    `${tenantId}:${accountId}`,
    `${tenantId}:${accountId}:0`,
    `${tenantId}:${accountId}:-1`,
    `${tenantId}:${accountId}:01`,
    `${tenantId}:${accountId}:9007199254740992`,
    `${tenantId}:${accountId}:1\n`,
    `${tenantId}:${accountId.toUpperCase()}:1`,
    `${tenantId}:**:1`,
    `*:${accountId}:1`,
    `${"x".repeat(36)}:*:1`,
  ].flatMap((text) => [text, signed("authority", text), `denied:${text}`, denial(text)]),
)("reads nothing from %j, signed or not", (payload) => {
  expect(readAuthorityPayload(payload, keys)).toEqual(unread);
});

it("denies no tenant's every token", () => {
  expect(readAuthorityPayload(denial(`${tenantId}:*:42`), keys)).toEqual(unread);
});

it("proves nothing that differs from what was signed, and never throws", () => {
  const genuine = [
    signed("authority", `${tenantId}:${accountId}:42`),
    signed("authority", `${tenantId}:*:42`),
    denial(`${tenantId}:${tokenId}:1800000000`),
  ];
  const changed = fc
    .tuple(
      fc.constantFrom(...genuine),
      fc.nat(200),
      fc.constantFrom("", "0", "f", ":", "*", "-", "\n"),
    )
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(changed, fc.string()), (payload) => {
      const { proven } = readAuthorityPayload(payload, keys);
      expect(proven).toBe(genuine.includes(payload));
    }),
    { numRuns: 5_000 },
  );
});

it("reads what it writes, by the key that all have while a secret is replaced", () => {
  const rotating = createKeyRing(["n".repeat(32), "s".repeat(32)]);
  for (const accountOrAll of [accountId, null]) {
    const change = { kind: "version", tenantId, accountId: accountOrAll, version: 42 } as const;
    const written = writeAuthorityPayload(change, rotating);
    expect(written).toBe(signed("authority", `${tenantId}:${accountOrAll ?? "*"}:42`));
    expect(readAuthorityPayload(written, keys)).toEqual({ proven: true, change });
  }
  const denied = { kind: "denied", tenantId, tokenId, expiresAt: 1_799_999_999_001 } as const;
  expect(writeAuthorityPayload(denied, rotating)).toBe(denial(`${tenantId}:${tokenId}:1800000000`));
});
