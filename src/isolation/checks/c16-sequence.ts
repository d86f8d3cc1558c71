import { nameOf, sqlName } from "../catalog/names.js";
import type { Check } from "./check.js";
import { granted, mayEnter } from "./support/reach.js";
import { granteesOf, privilegesOf, whoever } from "./support/wording.js";

export const c16: Check = {
  id: "C16",
  name: "sequence-privileges",
  severity: "low",
  title: "The application may read or set a sequence",
  meaning:
    "A sequence counts for all tenants. SELECT on it tells how many rows all of them make; UPDATE lets one tenant set it back, so that everybody's next insert fails. nextval() needs USAGE only.",
  *find(subject) {
    for (const sequence of subject.catalog.relations.values()) {
      if (sequence.kind !== "sequence" || !mayEnter(subject, sequence.schema)) continue;
      const ways = granted(subject, sequence, ["SELECT", "UPDATE"]);
      if (ways.length === 0) continue;
      yield {
        subject: nameOf(sequence),
        message: `${whoever(ways)} has ${privilegesOf(ways)} on the sequence ${nameOf(sequence)}, which counts for all tenants.`,
        mend: `GRANT USAGE ON SEQUENCE ${sqlName(sequence)} TO ${granteesOf(subject, ways)};
REVOKE SELECT, UPDATE ON SEQUENCE ${sqlName(sequence)} FROM ${granteesOf(subject, ways)};`,
      };
    }
  },
};
