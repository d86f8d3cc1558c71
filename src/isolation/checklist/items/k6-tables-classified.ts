import { c18 } from "../../checks/c18-unclassified-table.js";
import { targetOf } from "../../audit/audit.js";
import { judged, Unanswered, type Item } from "../item.js";

export const k6: Item = {
  id: "K6",
  name: "tables-classified",
  severity: "medium",
  question: "Is it said of every table whose rows it holds",
  title: "A table that nobody classified",
  meaning: c18.meaning,
  needs: ["database"],
  async answer({ database }) {
    const subject = await database.read();
    const tables = [...subject.tables.values()];
    if (tables.length === 0) throw new Unanswered("The database has no tables.");
    const [, counts] = targetOf(subject).find(([name]) => name === "tables")!;
    const said = tables.filter(({ why }) =>
      /^(the manifest file|tenantry\.manifest)$/.test(why),
    ).length;
    const evidence = `${counts}. ${said} of them by a manifest, the others by their columns and keys.`;
    return judged([...c18.find(subject)], evidence);
  },
};
