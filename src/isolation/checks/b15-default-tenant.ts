import { everyone, type RoleSetting } from "../catalog/catalog.js";
import { quoted, sqlName } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { roleNamed } from "./support/ways.js";

export const b15: Check = {
  id: "B15",
  name: "default-tenant",
  severity: "critical",
  title: "A tenant stands in the settings of a role, the database or a function",
  meaning:
    "A session then begins as that tenant, and comes back to it with RESET or DISCARD ALL: a request whose own tenant was lost works on that customer's rows instead of on none.",
  *find(subject) {
    const isTenant = (name: string) => tenantSettings(subject).has(name.toLowerCase());
    for (const each of subject.catalog.roleSettings) {
      if (isTenant(each.name) && each.value !== "") yield ofRole(subject, each);
    }
    for (const routine of subject.catalog.functions.values()) {
      const set = routine.settings.find((each) => isTenant(each.split("=")[0]!));
      if (set === undefined || set.endsWith("=")) continue;
      const name = `${routine.schema}.${routine.name}(${routine.arguments})`;
      const [setting = ""] = set.split("=");
      yield {
        subject: name,
        message: `${name} runs with ${set}: whoever calls it works as that tenant.`,
        mend: `ALTER FUNCTION ${sqlName(routine)}(${routine.arguments}) RESET ${setting};`,
        severity: "high",
      };
    }
  },
};

function ofRole(subject: Subject, { role, everyDatabase, name, value }: RoleSetting): Found {
  const { catalog, appRoles } = subject;
  const database = quoted(catalog.server.database);
  const forAll = role === everyone;
  const who = forAll ? `database ${catalog.server.database}` : `role ${roleNamed(catalog, role)}`;
  const place = forAll
    ? `DATABASE ${database}`
    : `ROLE ${quoted(roleNamed(catalog, role))}${everyDatabase ? "" : ` IN DATABASE ${database}`}`;
  const isApp = forAll || appRoles.some(({ oid }) => oid === role);
  return {
    subject: who,
    detail: name,
    message: `Every session of ${who} begins with ${name} = ${value}.`,
    mend: `ALTER ${place} RESET ${name};`,
    ...(isApp ? {} : { severity: "medium" as const }),
  };
}

function tenantSettings({ context }: Subject): ReadonlySet<string> {
  const own = context.sealed ? ["tenantry.scope", "tenantry.operator"] : [];
  return new Set([...context.settings, ...own].map((each) => each.toLowerCase()));
}
