/** What a Prisma schema says of a model and the client's own data model leaves out. */
export interface SchemaModel {
  /** The fields of `@id` or `@@id`; empty where there is none. */
  readonly id: readonly string[];
  /** Fields of `@@id` and `@@unique` by the name that a `where` gives them. */
  readonly compounds: ReadonlyMap<string, readonly string[]>;
  /** By relation field, where this model holds the foreign key. */
  readonly foreignKeys: ReadonlyMap<string, ForeignKey>;
  readonly lists: ReadonlySet<string>;
}

export interface ForeignKey {
  readonly fields: readonly string[];
  readonly references: readonly string[];
}

/**
 * Reads the models of a Prisma schema that Prisma has accepted already. What is not understood is
 * missing from the result, and a relation without a known key is refused by those who ask.
 */
export function parseSchema(text: string): ReadonlyMap<string, SchemaModel> {
  const strings: string[] = [];
  const bare = text.replace(
    /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
    (_, literal?: string) =>
      literal === undefined ? "" : `"${strings.push(literal.slice(1, -1)) - 1}"`,
  );
  const models = [...bare.matchAll(/^[ \t]*(?:model|view)\s+(\w+)\s*\{([^}]*)\}/gm)];
  return new Map(models.map(([, name, body]) => [name!, readModel(linesOf(body!), strings)]));
}

/** The declarations of a block, one a line, also where brackets span several lines. */
function linesOf(body: string): string[] {
  let depth = 0;
  const joined = [...body].map((sign) => {
    if (sign === "(" || sign === "[") depth += 1;
    if (sign === ")" || sign === "]") depth -= 1;
    return sign === "\n" && depth > 0 ? " " : sign;
  });
  return joined
    .join("")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function readModel(lines: readonly string[], strings: readonly string[]): SchemaModel {
  let id: readonly string[] = [];
  const compounds = new Map<string, readonly string[]>();
  const foreignKeys = new Map<string, ForeignKey>();
  const lists = new Set<string>();
  for (const line of lines) {
    const [, kind, rest] = /^@@(id|unique)\s*\((.*)\)/.exec(line) ?? [];
    if (kind !== undefined) {
      const fields = namesIn(rest!, /\[([^\]]*)\]/);
      const [, given] = /(?:^|[,\s])name:\s*"(\d+)"/.exec(rest!) ?? [];
      compounds.set(given === undefined ? fields.join("_") : strings[Number(given)]!, fields);
      if (kind === "id") id = fields;
      continue;
    }
    const [, field, list, attributes] = /^(\w+)\s+\w+(\[\])?\??(.*)$/.exec(line) ?? [];
    if (field === undefined) continue;
    if (list !== undefined) lists.add(field);
    if (/(?:^|\s)@id\b/.test(attributes!)) id = [field];
    const key = foreignKeyIn(attributes!);
    if (key !== null) foreignKeys.set(field, key);
  }
  return { id, compounds, foreignKeys, lists };
}

function foreignKeyIn(attributes: string): ForeignKey | null {
  const [, relation] = /@relation\s*\(([^)]*)\)/.exec(attributes) ?? [];
  if (relation === undefined) return null;
  const fields = namesIn(relation, /\bfields:\s*\[([^\]]*)\]/);
  const references = namesIn(relation, /\breferences:\s*\[([^\]]*)\]/);
  return fields.length === 0 || fields.length !== references.length ? null : { fields, references };
}

/** `[tenantId, id(sort: Desc)]` → `tenantId`, `id` */
function namesIn(text: string, list: RegExp): readonly string[] {
  const [, inside = ""] = list.exec(text) ?? [];
  return inside
    .split(",")
    .map((item) => /^\s*(\w+)/.exec(item)?.[1])
    .filter((name) => name !== undefined);
}
