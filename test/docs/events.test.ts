import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { compareEvents, declaredEvents } from "./events-page.js";

const read = (path: string) =>
  readFileSync(resolve(import.meta.dirname, "../..", path), "utf8").replaceAll("\r\n", "\n");

describe("docs/operations.md", () => {
  it("has one row for every type of event, and no other", () => {
    const declared = declaredEvents(read("src/core/event.ts"));
    expect(compareEvents(read("docs/operations.md"), declared)).toEqual([]);
  });
});

describe("the reading of the declaration", () => {
  it("finds every type and severity", () => {
    const source = `
      export interface Other { readonly type: "not.this" | "nor.this" }
      export interface TenantryEvent {
        // "a.comment" is none
        readonly type: "door.opened" | "door.shut";
        readonly severity: "info" | "warning";
      }`;
    expect(declaredEvents(source)).toEqual({
      types: ["door.opened", "door.shut"],
      severities: ["info", "warning"],
    });
  });

  it.each([
    ["a name for the union", "type EventType = 'a'; interface TenantryEvent { type: EventType }"],
    ["a type among the texts", "interface TenantryEvent { type: 'a' | Other }"],
    ["no such interface", "interface Event { type: 'a' | 'b' }"],
  ])("fails at %s instead of finding nothing", (_name, source) => {
    expect(() => declaredEvents(source)).toThrow("mend this reader");
  });
});

describe("the comparison", () => {
  const declared = { types: ["door.opened", "door.shut"], severities: ["info", "warning"] };
  const sound = [
    "# Operations\n",
    "## Events\n",
    "| event | severity | what happened | do |",
    "| --- | --- | --- | --- |",
    "| `door.opened` | info, warning | somebody opened a door | look |",
    "| `door.shut` | info | somebody shut a door | nothing |",
    "\n## Limits\n",
    "| limit | value |",
    "| --- | --- |",
    "| doors | 2 |",
  ].join("\n");

  it("passes a page that has the same", () => {
    expect(compareEvents(sound, declared)).toEqual([]);
  });

  it.each([
    ["a missing row", sound.replace(/.*door\.shut.*\n/, ""), "door.shut is not on the page"],
    ["an unknown event", sound.replace("door.shut", "door.lost"), "door.lost is no event"],
    ["a second row", sound.replace("door.shut", "door.opened"), "door.opened is there twice"],
    [
      "another severity",
      sound.replace("info, warning", "info, dire"),
      "door.opened has a severity that there is not",
    ],
    [
      "no meaning",
      sound.replace("somebody shut a door", ""),
      "door.shut does not say what happened",
    ],
    ["no remedy", sound.replace("nothing |", "|"), "door.shut does not say what to do"],
    ["no section", sound.replace("## Events", "## News"), "door.opened is not on the page"],
  ])("reports %s", (_name, changed, fault) => {
    expect(compareEvents(changed, declared)).toContain(fault);
  });
});
