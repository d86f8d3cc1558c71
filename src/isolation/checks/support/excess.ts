import { nameOf, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Subject } from "../../subject/subject.js";
import type { Found } from "../check.js";
import { granted } from "./reach.js";
import { granteesOf, whoever } from "./wording.js";

/** What is to be said of one table whose privilege the app has by a grant. */
export interface Excess {
  readonly privilege: "TRUNCATE" | "TRIGGER" | "REFERENCES";
  /** As `empty it for all tenants`: what goes after "may". */
  readonly power: string;
  readonly severity: NonNullable<Found["severity"]>;
}

/** A finding where the app has a table privilege that it has no need of; owners and superusers are others' findings. */
export function excessOn(subject: Subject, relation: Relation, excess: Excess): Found[] {
  const ways = granted(subject, relation, [excess.privilege]);
  if (ways.length === 0) return [];
  return [
    {
      subject: nameOf(relation),
      message: `${whoever(ways)} has ${excess.privilege} on ${nameOf(relation)} and may ${excess.power}.`,
      mend: `REVOKE ${excess.privilege} ON ${sqlName(relation)} FROM ${granteesOf(subject, ways)};`,
      severity: excess.severity,
    },
  ];
}
