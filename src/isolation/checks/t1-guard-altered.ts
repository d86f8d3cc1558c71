import { expectedGuard } from "../guard/expected.js";
import { fingerprintOf } from "../guard/fingerprint.js";
import type { Check } from "./check.js";

export const t1: Check = {
  id: "T1",
  name: "guard-altered",
  severity: "critical",
  title: "Tenantry's own schema is not what this version installs",
  meaning:
    "Every policy of a protected table trusts the functions, the keys and the privileges of the schema tenantry. One changed line there opens all tables at once, while the policies still look right.",
  *find({ catalog, context }) {
    if (!context.sealed) return;
    const found = fingerprintOf(catalog);
    const names = new Set([...found.keys(), ...Object.keys(expectedGuard)]);
    for (const name of [...names].sort()) {
      if (found.get(name) === expectedGuard[name]) continue;
      yield {
        subject: name,
        message: messageFor(name, found.has(name)),
        mend: "-- Run `tenantry migrate` where the database is of another version of Tenantry. Else find out who changed it, and restore it from the migrations that come with the package.",
      };
    }
  },
};

function messageFor(name: string, isThere: boolean): string {
  if (!isThere) return `The ${name} is not there.`;
  return name in expectedGuard
    ? `The ${name} differs from what this version of Tenantry installs, in its body, owner, privileges or options.`
    : `The ${name} is not one of Tenantry's.`;
}
