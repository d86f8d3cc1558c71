import { everyone } from "../catalog/catalog.js";
import { quoted } from "../catalog/names.js";
import type { Severity } from "../report/finding.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { heldOf, roleNamed, type Held } from "./support/ways.js";

interface Power {
  readonly severity: Severity;
  readonly what: string;
}

/** PostgreSQL's own roles that an application has no use for. */
const powers: Readonly<Record<string, Power>> = {
  pg_execute_server_program: {
    severity: "critical",
    what: "can run programs on the server, and with these read every file of the database",
  },
  pg_write_server_files: {
    severity: "critical",
    what: "can write files on the server, its configuration included",
  },
  pg_read_server_files: {
    severity: "critical",
    what: "can read files on the server, those of every table included",
  },
  pg_create_subscription: { severity: "high", what: "can have another server's rows written here" },
  pg_monitor: {
    severity: "medium",
    what: "sees what other sessions run, with the values that stand in their SQL",
  },
  pg_read_all_stats: {
    severity: "medium",
    what: "sees what other sessions run, with the values that stand in their SQL",
  },
  pg_stat_scan_tables: { severity: "low", what: "can inspect tables at the level of pages" },
  pg_read_all_settings: { severity: "low", what: "sees settings that are kept for superusers" },
  pg_signal_backend: {
    severity: "medium",
    what: "can end the sessions of other tenants' requests",
  },
  pg_maintain: { severity: "medium", what: "can lock and rewrite every table" },
  pg_write_all_data: { severity: "medium", what: "may write every table that has no row security" },
  pg_read_all_data: { severity: "medium", what: "may read every table that has no row security" },
};

/** Settings by which guards can be taken away. */
const strongSettings = new Set([
  "session_replication_role",
  "shared_preload_libraries",
  "session_preload_libraries",
  "local_preload_libraries",
  "dynamic_library_path",
]);

export const a7: Check = {
  id: "A7",
  name: "server-roles",
  severity: "high",
  title: "The application has powers over the server",
  meaning:
    "PostgreSQL's predefined roles reach beyond row security: files and programs of the server hold every tenant's data, and statistics show what other sessions run. A granted setting such as session_replication_role switches off triggers and foreign keys for whoever sets it.",
  *find(subject) {
    const held = heldOf(subject).filter(({ login, after }) => !(after ?? login).superuser);
    for (const each of held) yield* ofRole(subject, each);
    yield* ofSettings(subject, held);
  },
};

function* ofRole({ catalog }: Subject, { login, role, after }: Held): Iterable<Found> {
  const power = role.predefined ? powers[role.name] : undefined;
  if (power === undefined) return;
  const members = catalog.memberships
    .filter((each) => each.role === role.oid)
    .map(({ member }) => roleNamed(catalog, member));
  const member = members.includes(login.name) ? login.name : members[0];
  if (member === undefined) return;
  yield {
    subject: `role ${login.name}`,
    detail: role.name,
    message: `${login.name} has ${role.name}${after === undefined ? "" : ` after SET ROLE ${after.name}`} and ${power.what}.`,
    mend: `REVOKE ${role.name} FROM ${quoted(member)};`,
    severity: power.severity,
  };
}

function* ofSettings({ catalog }: Subject, held: readonly Held[]): Iterable<Found> {
  for (const { setting, grantee } of catalog.settingGrants) {
    const way = held.find(({ role }) => role.oid === grantee);
    if (grantee !== everyone && way === undefined) continue;
    const who = grantee === everyone ? "PUBLIC" : roleNamed(catalog, grantee);
    yield {
      subject: `setting ${setting}`,
      detail: who,
      message: `${who} may change the setting ${setting}, which is kept for superusers otherwise.`,
      mend: `REVOKE SET ON PARAMETER ${setting} FROM ${grantee === everyone ? who : quoted(who)};`,
      severity: strongSettings.has(setting) ? "high" : "medium",
    };
  }
}
