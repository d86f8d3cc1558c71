import { quoted } from "../../catalog/names.js";
import type { Finding } from "../../report/finding.js";
import { holds, open, type Outcome } from "../outcome.js";
import { attacks } from "../rules.js";
import type { Stage } from "../stage.js";
import type { Target } from "../target.js";
import { accuse } from "../trial.js";
import type { TableProbe } from "./probe.js";

/**
 * What no policy binds. The server is asked rather than put to the test: TRUNCATE, CREATE TRIGGER and
 * ALTER TABLE lock the table against everybody, and this may be a database in use.
 */
export const privilege: TableProbe = {
  name: "privilege",
  operation: "privilege",
  attacks: [attacks.excessPrivilege, attacks.ownerReach],
  run: async (trial) => privilegesOn(trial),
};

/** A table, which need not hold any rows for this. */
interface Place {
  readonly stage: Stage;
  readonly target: Pick<Target, "subject" | "relation" | "name" | "sql" | "rights">;
}

export function privilegesOn(place: Place): Outcome {
  const { rights } = place.target;
  const findings: Finding[] = [];
  if (rights.owner) findings.push(ownership(place));
  else {
    if (rights.truncate) findings.push(excess(place, "TRUNCATE", "critical"));
    if (rights.trigger) findings.push(excess(place, "TRIGGER", "critical"));
    if (rights.references) findings.push(excess(place, "REFERENCES", "medium"));
    if (rights.maintain) findings.push(excess(place, "MAINTAIN", "medium"));
  }
  return findings.length === 0 ? holds() : open(...findings);
}

const consequences = {
  TRUNCATE: "can empty it for all tenants",
  TRIGGER: "can put a trigger on it that sees and changes what all tenants write",
  REFERENCES: "can point a table of its own at it, and so ask which keys exist",
  MAINTAIN: "can lock and rewrite it for all tenants",
};

function excess(
  place: Place,
  right: keyof typeof consequences,
  severity: "critical" | "medium",
): Finding {
  const { target, stage } = place;
  const role = stage.role.name;
  return accuse(attacks.excessPrivilege, place, {
    message: `${role} has ${right} on ${target.name}: it ${consequences[right]}, whatever the policies say.`,
    mend: `REVOKE ${right} ON ${target.sql} FROM ${quoted(role)}, PUBLIC; -- and from the groups it is a member of`,
    detail: right.toLowerCase(),
    severity,
  });
}

function ownership(place: Place): Finding {
  const { stage, target } = place;
  const { roles } = target.subject.catalog;
  const owner = roles.get(target.relation.owner)?.name ?? "its owner";
  const how = stage.role.superuser
    ? `${stage.role.name} is a superuser`
    : owner === stage.role.name
      ? `${owner} owns ${target.name}`
      : `${stage.role.name} is a member of ${owner}, which owns ${target.name}`;
  return accuse(attacks.ownerReach, place, {
    message: `${how}: ALTER TABLE ${target.sql} DISABLE ROW LEVEL SECURITY is one statement away.`,
    mend: stage.role.superuser
      ? `ALTER ROLE ${quoted(stage.role.name)} NOSUPERUSER;`
      : owner === stage.role.name
        ? `ALTER TABLE ${target.sql} OWNER TO another_role; -- one that ${stage.role.name} is no member of`
        : `REVOKE ${quoted(owner)} FROM ${quoted(stage.role.name)};`,
  });
}
