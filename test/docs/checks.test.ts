import { resolve } from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import { checksPage } from "./checks-page.js";
import { coverage, strangers } from "./coverage.js";

describe("docs/checks.md", () => {
  it("is what the rules themselves say", async () => {
    const page = await format(checksPage(), { parser: "markdown", printWidth: 100 });
    await expect(page).toMatchFileSnapshot(resolve(import.meta.dirname, "../../docs/checks.md"));
  });

  it("says of every gap that nothing covers why that is so", () => {
    expect(checksPage()).not.toContain("NO REASON GIVEN");
  });
});

describe("the coverage of the catalogue", () => {
  it("knows every rule, and none that is not there", () => {
    expect(strangers()).toEqual([]);
  });

  it("names rows that the catalogue has", () => {
    const rows = catalogue.flatMap(([, each]) => each.map(([id]) => id));
    const named = Object.values(coverage()).flatMap((each) => [...each.keys()]);
    expect(named.filter((id) => !rows.includes(id))).toEqual([]);
  });
});
