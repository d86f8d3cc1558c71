import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { isAnnouncementGenuine } from "./announcement.js";
import { createKeyRing } from "./key-ring.js";

const ring = createKeyRing(["n".repeat(32), "o".repeat(32)]);
const [fresh, old] = ring.all as [(typeof ring.all)[0], (typeof ring.all)[0]];
const text = "0198c0de-0000-7000-8000-00000000000a:42";
const mac = (key: Buffer, signed: string) => createHmac("sha256", key).update(signed).digest("hex");
const good = mac(fresh.material.registry, `notify:${text}`);

it("believes an announcement that any live key signed", () => {
  expect(isAnnouncementGenuine(ring, text, fresh.id, good)).toBe(true);
  const byOld = mac(old.material.registry, `notify:${text}`);
  expect(isAnnouncementGenuine(ring, text, old.id, byOld)).toBe(true);
});

it.each([
  ["another text", `${text}0`, fresh.id, good],
  ["the id of another key", text, old.id, good],
  ["the id of no key", text, "00000000", good],
  ["the MAC of another purpose", text, fresh.id, mac(fresh.material.database, `notify:${text}`)],
  ["a MAC that a seal could have", text, fresh.id, mac(fresh.material.registry, text)],
  ["one digit changed", text, fresh.id, good.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
  ["a shorter MAC", text, fresh.id, good.slice(0, 62)],
  ["a longer MAC", text, fresh.id, `${good}00`],
  ["no MAC", text, fresh.id, ""],
  ["what is no hex", text, fresh.id, "z".repeat(64)],
])("does not believe one with %s", (_what, signed, keyId, given) => {
  expect(isAnnouncementGenuine(ring, signed, keyId, given)).toBe(false);
});
