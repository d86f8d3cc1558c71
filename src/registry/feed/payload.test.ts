import { expect, it } from "vitest";
import { parseChange } from "./payload.js";

const id = "0198c0de-0000-7000-8000-00000000000a";

it("reads a tenant's id and version", () => {
  expect(parseChange(`${id}:42`)).toEqual({ tenantId: id, version: 42 });
  expect(parseChange(`${id}:9007199254740991`)?.version).toBe(Number.MAX_SAFE_INTEGER);
});

it.each([
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
])("reads nothing from %j", (payload) => expect(parseChange(payload)).toBeNull());
