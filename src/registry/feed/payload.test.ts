import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { createKeyRing } from "../../core/seal/key-ring.js";
import { readPayload } from "./payload.js";

const keys = createKeyRing("s".repeat(32));
const id = "0198c0de-0000-7000-8000-00000000000a";

function signed(text: string, { current } = keys): string {
  const mac = createHmac("sha256", current.material.registry).update(`notify:${text}`);
  return `${text}:${current.id}:${mac.digest("hex")}`;
}

it("reads a tenant's id and version where the MAC is good", () => {
  expect(readPayload(signed(`${id}:42`), keys)).toEqual({
    proven: true,
    change: { tenantId: id, version: 42 },
  });
  expect(readPayload(signed(`${id}:9007199254740991`), keys)).toMatchObject({
    change: { version: Number.MAX_SAFE_INTEGER },
  });
});

it.each([
  ["no MAC", `${id}:42`],
  ["a MAC of another version", signed(`${id}:42`).replace(":42:", ":43:")],
  ["a key that is not live here", signed(`${id}:42`, createKeyRing("x".repeat(32)))],
])("reads the tenant alone where there is %s", (_what, payload) => {
  expect(readPayload(payload, keys)).toEqual({ proven: false, tenantId: id });
});

it.each(
  [
    "",
    id,
    `${id}:`,
    `${id}:0`,
    `${id}:-1`,
    `${id}:01`,
    `${id}:1.5`,
    `${id}:1e3`,
    `${id}:9007199254740992`,
    `${id}:99999999999999999999`,
    `${id}:1:2`,
    `${id}:1\n`,
    ` ${id}:1`,
    `${id.toUpperCase()}:1`,
    `${"x".repeat(36)}:1`,
  ].flatMap((text) => [text, signed(text)]),
)("reads nothing from %j, signed or not", (payload) => {
  expect(readPayload(payload, keys)).toEqual({ proven: false, tenantId: null });
});

it("reads nothing from what is cut off or goes on", () => {
  const good = signed(`${id}:42`);
  for (const payload of [good.slice(0, -1), `${good}0`, `${good}:`, ` ${good}`, `${good}\n`]) {
    expect(readPayload(payload, keys)).toEqual({ proven: false, tenantId: null });
  }
});
