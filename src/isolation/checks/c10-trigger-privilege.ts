import type { Check } from "./check.js";
import { excessOn } from "./support/excess.js";
import { mayCreate } from "./support/reach.js";

export const c10: Check = {
  id: "C10",
  name: "trigger-privilege",
  severity: "critical",
  title: "The application may put triggers on a table",
  meaning:
    "A trigger runs for whoever writes to the table, with the writer's rights. One that the application makes sees every tenant's new rows as they are written, and runs as superuser when an administrator writes.",
  *find(subject) {
    const ownFunctions = mayCreate(subject);
    for (const { relation, class: kind } of subject.tables.values()) {
      if (kind === "unclassified") continue;
      yield* excessOn(subject, relation, {
        privilege: "TRIGGER",
        power: ownFunctions
          ? "run a function of its own at every write, by whomever"
          : "make any trigger function that is there run at every write, by whomever",
        severity: ownFunctions ? "critical" : "high",
      });
    }
  },
};
