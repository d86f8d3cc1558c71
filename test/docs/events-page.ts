import ts from "typescript";

/** What src/core/event.ts declares. */
export interface DeclaredEvents {
  readonly types: readonly string[];
  readonly severities: readonly string[];
}

/** Reads the unions of `TenantryEvent` from its source: types leave nothing behind at run time. */
export function declaredEvents(source: string): DeclaredEvents {
  const file = ts.createSourceFile("event.ts", source, ts.ScriptTarget.Latest);
  const event = file.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === "TenantryEvent",
  );
  return { types: unionOf(event, "type"), severities: unionOf(event, "severity") };
}

function unionOf(event: ts.InterfaceDeclaration | undefined, name: string): readonly string[] {
  const member = event?.members.find(
    (candidate): candidate is ts.PropertySignature =>
      ts.isPropertySignature(candidate) &&
      ts.isIdentifier(candidate.name) &&
      candidate.name.text === name,
  );
  const { type } = member ?? {};
  const alternatives = type !== undefined && ts.isUnionTypeNode(type) ? type.types : [];
  const texts = alternatives.flatMap((alternative) =>
    ts.isLiteralTypeNode(alternative) && ts.isStringLiteral(alternative.literal)
      ? [alternative.literal.text]
      : [],
  );
  if (texts.length > 0 && texts.length === alternatives.length) return texts;
  throw new Error(`TenantryEvent.${name} is no union of texts any more: mend this reader.`);
}

/** Where the page's table of events and the declaration differ; one line for each difference. */
export function compareEvents(page: string, declared: DeclaredEvents): readonly string[] {
  const rows = rowsOf(page);
  const types = rows.map(({ type }) => type);
  return [
    ...types
      .filter((type, index) => types.indexOf(type) !== index)
      .map((type) => `${type} is there twice`),
    ...types.filter((type) => !declared.types.includes(type)).map((type) => `${type} is no event`),
    ...declared.types.flatMap((type) => {
      const row = rows.find((candidate) => candidate.type === type);
      return row === undefined ? [`${type} is not on the page`] : faultsOf(row, declared);
    }),
  ];
}

interface Row {
  readonly type: string;
  readonly severity: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** The rows of the tables under the heading "Events", the head and the rule left out. */
function rowsOf(page: string): readonly Row[] {
  const [, section = ""] = page.split(/^## Events$/m);
  const [text = ""] = section.split(/^## /m);
  return text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => {
      const [, type = "", severity = "", meaning = "", remedy = ""] = line
        .split("|")
        .map((cell) => cell.trim());
      return { type: type.replaceAll("`", ""), severity, meaning, remedy };
    });
}

function faultsOf({ type, severity, meaning, remedy }: Row, declared: DeclaredEvents): string[] {
  const severities = severity.split(", ");
  const known = severities.every((one) => declared.severities.includes(one));
  const faults: readonly (readonly [fault: string, found: boolean])[] = [
    ["has a severity that there is not", known || severity === "none"],
    ["does not say what happened", meaning.length > 10],
    ["does not say what to do", remedy.length > 0],
  ];
  return faults.filter(([, found]) => !found).map(([fault]) => `${type} ${fault}`);
}
