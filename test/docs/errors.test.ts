import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/core/errors.js";
import { compareErrors } from "./errors-page.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/errors.md"), "utf8");

describe("docs/errors.md", () => {
  it("has one true section for every code of the registry, and no other", () => {
    expect(compareErrors(page, errorCodes)).toEqual([]);
  });
});

describe("the comparison", () => {
  const registry = {
    GONE: { status: 410, title: "Gone", meaning: "The thing is no more." },
  };
  const sound = [
    "# Errors\n",
    "## Things\n",
    "### GONE\n",
    "**410 Gone.** The thing is\nno more.\n",
    "_When:_ Someone asked for a thing that went away.\n",
    "_What to do:_ Ask for another thing, or for none at all.\n",
  ].join("\n");

  it("passes a page that says the same", () => {
    expect(compareErrors(sound, registry)).toEqual([]);
  });

  it.each([
    ["a missing section", sound.replace("### GONE", "### "), "GONE is not on the page"],
    ["an unknown code", `${sound}\n### OTHER\n`, "OTHER is not in the registry"],
    ["a second section", `${sound}\n### GONE\n`, "GONE is there twice"],
    ["another status", sound.replace("410", "404"), "GONE does not say **410 Gone.**"],
    ["another title", sound.replace("410 Gone", "410 Lost"), "GONE does not say **410 Gone.**"],
    [
      "another meaning",
      sound.replace("thing is", "thing was"),
      "GONE does not give the registry's meaning",
    ],
    ["no occasion", sound.replace("_When:_", ""), "GONE does not say when it arises"],
    ["no mend", sound.replace(/Ask for .*/, ""), "GONE does not say what to do"],
  ])("reports %s", (_name, changed, fault) => {
    expect(compareErrors(changed, registry)).toContain(fault);
  });
});
