import type { Check } from "./check.js";
import { tablesWithGlobalKeys } from "./support/places.js";
import { listed } from "./support/wording.js";

export const e4: Check = {
  id: "E4",
  name: "error-detail",
  severity: "medium",
  title: "Errors that print what another tenant has",
  meaning:
    "The DETAIL of a unique violation prints the values of the key that is taken. Under row security PostgreSQL leaves it out; without, another tenant's values reach whoever sees the error. The constraint's name is in the message either way.",
  *find(subject) {
    const tables = tablesWithGlobalKeys(
      subject,
      ({ table: { relation }, values }) => !relation.rowSecurity && values === "natural",
    );
    if (tables.length === 0) return;
    yield {
      subject: "database",
      message: `Unique violations of ${listed(tables)} print another tenant's values, as these tables have no row security.`,
      mend: "Enable row security (A1) and put the tenant first in these keys (D4); answer errors of the database with a text of your own.",
    };
  },
};
