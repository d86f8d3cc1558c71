import type { Finding } from "../../report/finding.js";
import type { Place, Role } from "../model/model.js";
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const power: LintRule = {
  id: "L26",
  name: "role-passes-row-security",
  severity: "critical",
  gaps: ["A4", "A5", "A6"],
  title: "A role may pass row security",
  meaning:
    "SUPERUSER and BYPASSRLS pass every policy; REPLICATION reads all rows from the log; CREATEROLE can give itself the others. A role that the application can become must have none of them.",
};

const owner: LintRule = {
  id: "L27",
  name: "owner-changed",
  severity: "medium",
  gaps: ["A2", "A3"],
  title: "A tenant's table changes its owner",
  meaning:
    "The owner can switch row security off, and passes it where it is not forced. The application's role must own nothing.",
};

const becomes: LintRule = {
  id: "L28",
  name: "set-role-left",
  severity: "low",
  gaps: ["A2", "A3"],
  title: "A migration leaves its session as another role",
  meaning:
    "Whatever is created afterwards in the session belongs to that role, which may be the application's.",
};

const session: LintRule = {
  id: "L29",
  name: "session-setting-left",
  severity: "medium",
  gaps: ["F1", "B15"],
  title: "A migration leaves a setting on its session",
  meaning:
    "SET without LOCAL stays until the connection ends. In a pool the next user of the connection inherits it, a tenant included.",
};

const replica: LintRule = {
  id: "L30",
  name: "triggers-off-in-session",
  severity: "medium",
  gaps: ["C13"],
  title: "A migration leaves triggers and references unchecked",
  meaning:
    "session_replication_role = replica skips triggers and foreign keys for all that follows.",
};

const fixed: LintRule = {
  id: "L31",
  name: "default-tenant",
  severity: "critical",
  gaps: ["B15"],
  title: "Every new session begins with a tenant",
  meaning:
    "A setting of a role or database is there before anybody chose a tenant, and comes back at DISCARD ALL: a lost context reads that tenant's rows instead of none.",
};

function powersOf([name, role]: readonly [string, Role], { tenancy }: Context): Finding[] {
  const apps = tenancy.isApps(name);
  return [...role.powers].map(([what, place]) => {
    const own = `${name} gets ${what.toUpperCase()}.`;
    const message =
      apps === true ? own.replace(" gets", ", which the application can become, gets") : own;
    const off = `alter role ${sql(name)} no${what};`;
    const mend =
      apps === false ? `Keep the application from ever becoming ${name}; or: ${off}` : off;
    // A role for operators or backups may have it, if the application is no member.
    const severity = apps === true ? "critical" : apps === undefined ? "high" : "low";
    return finding(power, `role ${name}`, place, message, mend, { detail: what, severity });
  });
}

function ownersIn({ tenancy }: Context): Finding[] {
  return tenancy.tenantTables.flatMap(({ name, owner: now }) => {
    if (now === undefined || now.role === "tenantry_owner") return [];
    const apps = tenancy.isApps(now.role);
    if (apps === false) return [];
    const message = `${name} is given to ${now.role}${apps === true ? ", which the application can become" : ""}.`;
    const mend = `Let a role own it that cannot log in and that no service is a member of: alter table ${sql(name)} owner to …;`;
    const severity = apps === true ? "high" : "medium";
    return [finding(owner, name, now.place, message, mend, { severity })];
  });
}

const leftovers = {
  "set-role": { rule: becomes, mend: "reset role; at the end of the file" },
  "set-session": { rule: session, mend: "Use set local, inside the transaction." },
  "replica-mode": {
    rule: replica,
    mend: "reset session_replication_role; and check the references afterwards.",
  },
} as const;

function leftIn({ model }: Context): Finding[] {
  return model.happenings.map(({ kind, what, place }) => {
    const { rule, mend } = leftovers[kind];
    const message = `The file sets ${what} and does not take it back.`;
    return finding(rule, place.file, place, message, mend, { detail: what });
  });
}

function defaultsIn({ model, tenancy }: Context): Finding[] {
  const find = (subject: string, settings: ReadonlyMap<string, Place>, reset: string) =>
    [...settings]
      .filter(([name]) => isTenantSetting(name, tenancy.setting))
      .map(([name, place]) => {
        const message = `${subject} begins every session with a value for ${name}.`;
        return finding(fixed, subject, place, message, `${reset} reset ${name};`, { detail: name });
      });
  return [
    ...[...model.roles].flatMap(([name, { settings }]) =>
      find(`role ${name}`, settings, `alter role ${sql(name)}`),
    ),
    ...find("the database", model.databaseSettings, "alter database …"),
  ];
}

/** Where nobody said which setting it is, its name has to say it. */
function isTenantSetting(name: string, setting: string | undefined): boolean {
  if (setting !== undefined) return name === setting.toLowerCase();
  return name.includes(".") && /tenant|org|account|workspace|company|customer/.test(name);
}

export const roleChecks: readonly Check[] = [
  {
    rules: [power],
    find: (context) => [...context.model.roles].flatMap((role) => powersOf(role, context)),
  },
  { rules: [owner], find: ownersIn },
  { rules: [becomes, session, replica], find: leftIn },
  { rules: [fixed], find: defaultsIn },
];
