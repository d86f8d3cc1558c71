import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { isOpen, mendedIn, type Hole } from "./support/releases.js";
import { surfaces } from "./support/surfaces.js";

export const v1: Check = {
  id: "V1",
  name: "vulnerable-server",
  severity: "high",
  title: "A server release with a known hole in row security",
  meaning:
    "PostgreSQL has had holes by which row security, or what it hides, could be got round. Each names the release that closed it. Where what the hole needs is not to be seen in this database, the finding is low; it becomes real with the next view, role or key.",
  *find(subject) {
    const { number, version } = subject.catalog.server;
    for (const { hole, power, surface } of surfaces) {
      if (!isOpen(hole, number)) continue;
      const where = surface(subject);
      yield {
        subject: "server",
        detail: hole.name,
        message: `PostgreSQL ${version} has ${hole.name}: ${power}. ${where ?? "Nothing in this database offers what that needs."}`,
        mend: mendOf(subject, hole),
        severity: where === undefined ? "low" : "high",
      };
    }
  },
};

function mendOf({ catalog }: Subject, hole: Hole): string {
  return `Update the server to PostgreSQL ${mendedIn(hole, catalog.server.number)} or later.`;
}
