import { settableRoles } from "../catalog/powers.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";
import { mayRun, whyUnfiltered } from "./applies.js";
import { effective } from "./effective.js";
import type { Case, Use } from "./meaning.js";
import type { Asker } from "./read-expression.js";
import { dataCommands, type DataCommand } from "./verdicts.js";

/** One case of one policy that lets more through than the acting tenant's rows, whatever other policies ask. */
export interface Leak {
  readonly table: ClassifiedTable;
  readonly policy: string;
  readonly case: Case;
  readonly use: Use;
  readonly commands: readonly DataCommand[];
  /** The names of the roles that it opens the table to. */
  readonly roles: readonly string[];
}

const known = new WeakMap<Subject, readonly Leak[]>();

/**
 * All that policies of tenant tables let through for the application's roles and those that they can
 * become. Tables on which row security does not hold them at all are left out.
 */
export function policyLeaks(subject: Subject): readonly Leak[] {
  const before = known.get(subject);
  if (before !== undefined) return before;
  const found = new Map<string, Leak>();
  for (const table of tenantTables(subject)) {
    for (const asker of askersOf(subject)) addLeaks(found, subject, table, asker);
  }
  const leaks = [...found.values()];
  known.set(subject, leaks);
  return leaks;
}

/** Every role that the application can act as, once. */
export function askersOf({ catalog, appRoles }: Subject): readonly Asker[] {
  const askers = new Map<string, Asker>();
  for (const login of appRoles) {
    for (const oid of settableRoles(catalog, login.oid)) {
      const role = catalog.roles.get(oid);
      if (role !== undefined) askers.set(`${role.oid} ${login.oid}`, { role, login });
    }
  }
  return [...askers.values()];
}

/** Whether the role may run it and the policies are asked. */
export function isFiltered(
  { catalog }: Subject,
  { relation }: ClassifiedTable,
  { role }: Asker,
  command: DataCommand,
): boolean {
  return (
    mayRun(catalog, role, relation, command) && whyUnfiltered(catalog, role, relation) === undefined
  );
}

function addLeaks(
  found: Map<string, Leak>,
  subject: Subject,
  table: ClassifiedTable,
  asker: Asker,
): void {
  for (const command of dataCommands) {
    if (!isFiltered(subject, table, asker, command)) continue;
    for (const leak of effective(subject, table, asker, command).leaks) {
      const key = [
        table.relation.oid,
        leak.policy,
        leak.use,
        leak.case.kind,
        leak.case.text,
      ].join();
      const before = found.get(key);
      found.set(key, {
        table,
        ...leak,
        commands: added(before?.commands, command),
        roles: added(before?.roles, asker.role.name),
      });
    }
  }
}

function added<T>(list: readonly T[] = [], item: T): readonly T[] {
  return list.includes(item) ? list : [...list, item];
}
