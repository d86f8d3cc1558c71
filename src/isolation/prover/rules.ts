import type { Rule, Severity } from "../report/finding.js";

/** An attack that the prover tries, and the rows of the catalogue of gaps that it uncovers. */
export interface Attack extends Rule {
  readonly gaps: readonly string[];
}

function attack(
  id: string,
  severity: Severity,
  gaps: string,
  title: string,
  meaning: string,
): Attack {
  return { id, name: id, severity, title, meaning, gaps: gaps.split(" ") };
}

export const attacks = {
  foreignRead: attack(
    "foreign-read",
    "critical",
    "A1 A2 A4 B3 B5 B6 B7 B8 B12",
    "A tenant reads another tenant's rows",
    "A statement of the application's role, in the name of one tenant, returned rows of another. One forgotten WHERE clause, or one injected, shows a customer somebody else's data.",
  ),
  readWithoutTenant: attack(
    "read-without-tenant",
    "critical",
    "B9 B10",
    "Rows are visible where no tenant is set",
    "A connection that never said which tenant it works for, or said nonsense, sees rows. Code that forgets the context is not stopped; it gets everybody's data.",
  ),
  nullTenant: attack(
    "null-tenant-row",
    "high",
    "B11 D6",
    "A row without a tenant can be made or seen",
    "The tenant column takes NULL, and such a row is everybody's or nobody's: one customer plants rows in all others' lists, or loses its own.",
  ),
  forgedInsert: attack(
    "forged-insert",
    "high",
    "A1 B2 B3 B4",
    "A tenant inserts rows in another tenant's name",
    "What one customer writes turns up as another's: forged invoices, forged members, forged messages.",
  ),
  moveAway: attack(
    "row-moved-away",
    "high",
    "B3 B4 D9",
    "A tenant moves its row to another tenant",
    "An UPDATE of the tenant column is accepted, so one customer plants rows among another's.",
  ),
  foreignUpdate: attack(
    "foreign-update",
    "critical",
    "A1 B2 B3",
    "A tenant changes another tenant's rows",
    "An UPDATE in the name of one tenant changed, or took, rows of another. Those without a WHERE clause do not ask the SELECT policies, so what looks safe by id is not.",
  ),
  foreignDelete: attack(
    "foreign-delete",
    "critical",
    "A1 B2 B3",
    "A tenant deletes another tenant's rows",
    "A DELETE in the name of one tenant removed rows of another. Those without a WHERE clause do not ask the SELECT policies.",
  ),
  foreignUpsert: attack(
    "foreign-upsert",
    "critical",
    "B3 D4 D7",
    "INSERT … ON CONFLICT or MERGE changes another tenant's row",
    "A key that two tenants share lets one write into the other's row by inserting it again.",
  ),
  upsertReveals: attack(
    "upsert-reveals",
    "critical",
    "D5 E4",
    "An ON CONFLICT condition reads another tenant's row before row security does",
    "The WHERE of DO UPDATE is evaluated on the hidden row; a cast that fails prints its values into the error (CVE-2026-120154).",
  ),
  foreignReference: attack(
    "foreign-reference",
    "high",
    "D1 D3 D6 D8",
    "A row of one tenant may refer to a row of another",
    "Foreign keys do not ask row security. One customer attaches its rows to another's, finds out which ids exist, and keeps the other from deleting them.",
  ),
  foreignCascade: attack(
    "foreign-cascade",
    "critical",
    "D2",
    "A delete or an update cascades into another tenant",
    "What follows a foreign key (CASCADE, SET NULL, SET DEFAULT) runs past row security and removes or rewrites another tenant's rows.",
  ),
  uniqueOracle: attack(
    "unique-oracle",
    "high",
    "D4",
    "A unique key spans tenants",
    "A duplicate error, or DO NOTHING that inserts nothing, tells one customer that another has this value; and keeps it from using the value itself.",
  ),
  explainOracle: attack(
    "explain-oracle",
    "medium",
    "E1",
    "EXPLAIN ANALYZE counts another tenant's rows",
    "Rows Removed by Filter differ between an id that another tenant has and one that nobody has.",
  ),
  timingOracle: attack(
    "timing-oracle",
    "high",
    "E3",
    "The time of a look-up tells that another tenant has an id",
    "A policy that asks a function for each row costs time only where there is a row, so that hidden ids answer later than those that nobody has.",
  ),
  excessPrivilege: attack(
    "excess-privilege",
    "critical",
    "C9 C10 C11",
    "The application's role has a privilege that row security does not bind",
    "TRUNCATE empties the table for all tenants; TRIGGER lets code of one tenant see and change the writes of all; REFERENCES builds a private oracle.",
  ),
  ownerReach: attack(
    "owner-reach",
    "high",
    "A2 A3",
    "The application's role can act as the table's owner",
    "An owner switches row security off in one statement, and is not bound by it where it is not forced.",
  ),
  roleReach: attack(
    "role-reach",
    "critical",
    "A2 A4 A5 A7",
    "SET ROLE leads past row security",
    "The application's role may become another that sees or changes other tenants' rows. Injected SQL can say SET ROLE.",
  ),
  viewRead: attack(
    "view-read",
    "critical",
    "C1 C2 C3",
    "A view shows another tenant's rows",
    "A view without security_invoker reads with its owner's rights, and a materialized view has no row security at all.",
  ),
  viewWrite: attack(
    "view-write",
    "critical",
    "C1 D7",
    "A write through a view reaches another tenant's rows",
    "An updatable view without security_invoker writes with its owner's rights.",
  ),
  functionRead: attack(
    "function-read",
    "critical",
    "C4 C17",
    "A SECURITY DEFINER function returns another tenant's rows",
    "It runs with its owner's rights, and whoever may execute it gets what it finds.",
  ),
  functionWrite: attack(
    "function-write",
    "critical",
    "C4",
    "A SECURITY DEFINER function changes another tenant's rows",
    "It runs with its owner's rights on ids that the caller names.",
  ),
  functionContext: attack(
    "function-context",
    "high",
    "C5",
    "A function leaves another tenant's context behind",
    "After the call the rest of the transaction works as another tenant.",
  ),
  sideEffect: attack(
    "side-effect",
    "high",
    "C6 C12",
    "A tenant's own write changes another tenant's rows",
    "A rule or a trigger that the write sets off touches rows of another tenant, or stamps the row with another tenant.",
  ),
  contextFlip: attack(
    "context-flip",
    "critical",
    "F3",
    "set_config() inside a SELECT opens another tenant",
    "Policies believe a setting that any SQL can change. One injected function call in one SELECT reads another tenant's rows.",
  ),
  defaultTenant: attack(
    "default-tenant",
    "critical",
    "B15",
    "A role or the database has a tenant by default",
    "A fresh session, and one after DISCARD ALL, works as that tenant: code that forgets the context is not stopped.",
  ),
  planCache: attack(
    "plan-cache",
    "critical",
    "B13",
    "A prepared statement keeps the tenant it was planned for",
    "A function that reads the context is declared IMMUTABLE, so a cached plan serves one tenant's rows to the next on the same connection.",
  ),
  temporaryShadow: attack(
    "temporary-shadow",
    "critical",
    "B14",
    "A temporary table deceives a policy",
    "A function that a policy asks reads a table by its bare name, and temporary tables come first. Injected SQL makes one that says what the attacker likes.",
  ),
  largeObject: attack(
    "large-object",
    "high",
    "C15",
    "A tenant reads another tenant's large objects",
    "Large objects have an owner and no row security. Whatever the application stores in them, any tenant's statement reads by its number.",
  ),
  sequence: attack(
    "sequence-privileges",
    "low",
    "C16",
    "The application's role reads or sets a sequence",
    "A sequence counts for all tenants: its last value tells how much they make, and setting it back makes everybody's next insert fail. nextval() needs USAGE alone.",
  ),
  globalWrite: attack(
    "global-write",
    "low",
    "C9",
    "The application's role may write a table that all tenants read",
    "What one customer can make the application write there, all others read.",
  ),
  operatorRead: attack(
    "operator-read",
    "high",
    "C8",
    "The application's role reads a table that is the operator's",
    "It holds data of all tenants, or of the house, and no policy stands in between.",
  ),
} as const;

export const allAttacks: readonly Attack[] = Object.values(attacks);
