import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { it } from "vitest";
import { mutants, singleRemovals } from "./mutants.js";
it("x", async () => {
  const p = import.meta.dirname + "/README.md";
  let s = readFileSync(p, "utf8");
  s = s.replace(
    "DATABASE\n",
    mutants.map((m) => `- ${m.name} — \`${m.killedBy}\``).join("\n") + "\n",
  );
  s = s.replace("SINGLE\n", singleRemovals.map((m) => `- ${m.name}`).join("\n") + "\n");
  if (existsSync(import.meta.dirname + "/source-mutants.ts")) {
    const { sourceMutants } = await import("./source-mutants.js" as string);
    s = s.replace(
      "SOURCE\n",
      sourceMutants.map((m: any) => `- ${m.name} — \`${m.killedBy}\``).join("\n") + "\n",
    );
  }
  writeFileSync(p, s);
});
