import { causeOf } from "../cause.js";
import { combine, holds, notApplicable, unproven, type Outcome } from "../outcome.js";
import { assigns } from "../rows.js";
import { attacks } from "../rules.js";
import { accuse, shown, type Trial } from "../trial.js";
import type { TableProbe } from "./probe.js";
import { harmlessAssignment, mustNotReach, tooLarge } from "./write.js";

/** Changes B's rows by key and blindly, with and without RETURNING. */
export const update: TableProbe = {
  name: "update",
  operation: "update",
  attacks: [attacks.foreignUpdate],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.update) return holds("no privilege");
    const assignment = harmlessAssignment(target);
    if (assignment === undefined) return unproven("no column can be set without changing a key");
    const { sql, foreignRow, rowsOf } = target;
    const byId = [
      `update ${sql} set ${assignment} where ${foreignRow} and ${rowsOf.b}`,
      `update ${sql} set ${assignment} where ${foreignRow} and ${rowsOf.b} returning *`,
    ];
    const blind = [
      `update ${sql} set ${assignment}`,
      `update ${sql} set ${assignment} returning 1`,
    ];
    return firstOpen(trial, "UPDATE", attacks.foreignUpdate, byId, blind);
  },
};

/** Takes B's row over by setting its tenant to A, with and without WHERE. */
export const takeOver: TableProbe = {
  name: "take over",
  operation: "update",
  attacks: [attacks.foreignUpdate],
  async run(trial) {
    const { target } = trial;
    const { sql, tenantColumn, world, foreignRow, rowsOf } = target;
    if (tenantColumn === undefined) return notApplicable("no tenant column");
    if (!target.rights.updatable.has(tenantColumn)) return holds("no privilege");
    const set = assigns(tenantColumn, world.tenants.a);
    const statement = `update ${sql} set ${set} where ${foreignRow} and ${rowsOf.b}`;
    return firstOpen(trial, "UPDATE", attacks.foreignUpdate, [statement], []);
  },
};

async function firstOpen(
  trial: Trial,
  verb: "UPDATE" | "DELETE",
  attack: (typeof attacks)["foreignUpdate" | "foreignDelete"],
  byId: readonly string[],
  blind: readonly string[],
): Promise<Outcome> {
  const { target, stage } = trial;
  const large = blind.length > 0 ? tooLarge(trial) : undefined;
  const outcomes: Outcome[] = large === undefined ? [] : [large];
  for (const statement of large === undefined ? [...byId, ...blind] : byId) {
    const outcome = await mustNotReach(trial, statement, () => {
      const { why, mend } = causeOf(target, stage.role, verb);
      const message = `As one tenant, ${shown(statement)} reached a row of the other tenant. ${why}`;
      return accuse(attack, trial, { message, mend });
    });
    if (outcome.verdict === "open") return outcome;
    outcomes.push(outcome);
  }
  return combine(outcomes);
}

/** Deletes B's rows by key and blindly, with and without RETURNING. */
export const remove: TableProbe = {
  name: "delete",
  operation: "delete",
  attacks: [attacks.foreignDelete],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.delete) return holds("no privilege");
    const { sql, foreignRow, rowsOf } = target;
    const byId = `delete from ${sql} where ${foreignRow} and ${rowsOf.b}`;
    const byIds = [byId, `${byId} returning *`];
    const blind = [`delete from ${sql}`, `delete from ${sql} where true`];
    return firstOpen(trial, "DELETE", attacks.foreignDelete, byIds, blind);
  },
};
