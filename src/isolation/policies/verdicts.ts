import { settableRoles } from "../catalog/powers.js";
import type { Command } from "../catalog/relation.js";
import type { Role } from "../catalog/roles.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import { mayRun, whyUnfiltered } from "./applies.js";
import { effective, type Effect } from "./effective.js";
import type { Asker } from "./read-expression.js";
import type { VerdictWord } from "./meaning.js";

export type DataCommand = Exclude<Command, "ALL">;
export const dataCommands: readonly DataCommand[] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

export interface CommandVerdict {
  readonly command: DataCommand;
  readonly verdict: VerdictWord;
  /** In a few words: what binds, what leaks and through which policy, or what could not be read. */
  readonly why: string;
  /** The role it becomes for it, where it is not the one asked about. */
  readonly as?: string;
}

/**
 * What the policies of a table come to for a role that the application logs in with, and for every
 * role that it can become by SET ROLE, the worst of them; one verdict for each command. `unknown` where
 * a policy could not be understood: never taken for isolation. Views, functions and keys that get
 * round policies are not looked at here.
 */
export function commandVerdicts(
  subject: Subject,
  table: ClassifiedTable,
  role: Role,
): readonly CommandVerdict[] {
  const { catalog } = subject;
  const identities = settableRoles(catalog, role.oid).flatMap(
    (oid) => catalog.roles.get(oid) ?? [],
  );
  return dataCommands.map((command) =>
    identities
      .map((each) => verdictOf(subject, table, { role: each, login: role }, command))
      .reduce(worse),
  );
}

function verdictOf(
  subject: Subject,
  table: ClassifiedTable,
  asker: Asker,
  command: DataCommand,
): CommandVerdict {
  const { role, login } = asker;
  const as = role === login ? {} : { as: role.name };
  const { verdict, why } = judgeFor(subject, table, asker, command);
  return { command, verdict, why, ...as };
}

function judgeFor(
  subject: Subject,
  table: ClassifiedTable,
  asker: Asker,
  command: DataCommand,
): Pick<Effect, "verdict" | "why"> {
  const { catalog } = subject;
  if (!mayRun(catalog, asker.role, table.relation, command)) {
    return { verdict: "denied", why: `${asker.role.name} has no privilege for it` };
  }
  const unfiltered = whyUnfiltered(catalog, asker.role, table.relation);
  if (unfiltered !== undefined) return { verdict: "leaks", why: unfiltered };
  return effective(subject, table, asker, command);
}

const order: readonly VerdictWord[] = ["denied", "isolated", "unknown", "leaks"];

function worse(a: CommandVerdict, b: CommandVerdict): CommandVerdict {
  return order.indexOf(b.verdict) > order.indexOf(a.verdict) ? b : a;
}
