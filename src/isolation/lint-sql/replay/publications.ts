import type { Node } from "../../sql/parse.js";
import { on, type Step } from "./step.js";

interface Publication {
  readonly pubname?: string;
  readonly for_all_tables?: boolean;
  readonly pubobjects?: readonly Node[];
}

function publish({ pubname = "", for_all_tables, pubobjects }: Publication, step: Step): void {
  const schemas = (pubobjects ?? []).flatMap((node) =>
    "PublicationObjSpec" in node &&
    node.PublicationObjSpec.pubobjtype === "PUBLICATIONOBJ_TABLES_IN_SCHEMA"
      ? [`all tables of ${node.PublicationObjSpec.name ?? ""}`]
      : [],
  );
  const everything = for_all_tables === true ? "all tables" : schemas[0];
  if (everything !== undefined)
    step.model.publications.set(pubname, { everything, place: step.place });
}

export const publicationEntries = [
  on("CreatePublicationStmt", publish),
  on("AlterPublicationStmt", (statement, step) => {
    if (statement.action === "AP_SetObjects")
      step.model.publications.delete(statement.pubname ?? "");
    if (statement.action !== "AP_DropObjects") publish(statement, step);
  }),
];
