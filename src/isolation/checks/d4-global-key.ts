import { columnNames, nameOf } from "../catalog/names.js";
import type { Check } from "./check.js";
import { tenantLeading } from "./support/tenant-unique.js";
import { globalKeys, severityOfKey, type GlobalKey } from "./support/unique-keys.js";

export const d4: Check = {
  id: "D4",
  name: "global-key",
  severity: "medium",
  title: "A unique key that holds across tenants",
  meaning:
    "Uniqueness is checked without row security. A value that another tenant has is refused, or silently skipped by ON CONFLICT DO NOTHING, or waited for while the other's transaction is open: so one tenant asks which e-mail addresses, names or numbers others have, and takes them away from them. Ids that are random cannot be guessed; what remains is that of somebody who knows one.",
  *find(subject) {
    for (const key of globalKeys(subject)) {
      const { table, index, values } = key;
      const columns = columnNames(table.relation, index.columns).join(", ");
      yield {
        subject: nameOf(table.relation),
        detail: index.name,
        message: `${kindOf(key)} ${index.name} (${columns}) of ${nameOf(table.relation)} lacks the tenant; its values are ${words[values]}.`,
        mend: tenantLeading(subject, key),
        severity: severityOfKey[values],
      };
    }
  },
};

const words: Readonly<Record<GlobalKey["values"], string>> = {
  natural: "chosen by people, so others' can be guessed",
  counted: "numbers, so others' can be guessed",
  random: "random, so nobody guesses another tenant's",
};

function kindOf({ index }: GlobalKey): string {
  if (index.primary) return "The primary key";
  return index.exclusion ? "The exclusion" : "The unique key";
}
