import type { Oid } from "../../catalog/catalog.js";
import { literal, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { TenantLabel } from "./contract.js";
import type { Ground, Stored } from "./ground.js";
import { textColumns } from "./insert.js";
import type { Link } from "./links.js";
import type { Variable } from "./search.js";
import type { TableShape } from "./shape.js";

/** Some columns of a row, decided together. */
export type Part = ReadonlyMap<string, string | null>;

export interface ParentRequest {
  readonly shape: TableShape;
  readonly tenant: TenantLabel;
  readonly ordinal: number;
  /** What is decided already. */
  readonly fixed: Part;
  readonly minimal: boolean;
  readonly filled: ReadonlySet<string>;
  readonly ownParents: ReadonlySet<string>;
  /** Rows that come with this one, in the same statement. */
  readonly planned: ReadonlyMap<Oid, Stored>;
  /** Puts in a further row of another table. */
  readonly makeParent: (target: Oid, fixed: Part) => Promise<Stored | undefined>;
}

/** That a row cannot be, because a row it needs is not there. */
export class MissingParent extends Error {
  constructor(
    readonly link: Link,
    readonly target: string,
  ) {
    super(`no row of ${target} for ${link.columns.join(", ")} to refer to`);
  }
}

const mostOptions = 40;

/**
 * Foreign keys as variables: each takes a row of the same tenant that is there, or null. Keys that share
 * a column are decided together.
 * @throws {MissingParent}
 */
export async function parentVariables(ground: Ground, request: ParentRequest): Promise<Variable[]> {
  const variables: Variable[] = [];
  for (const links of groupsOf(request.shape.links, request.fixed)) {
    let parts: Part[] = [new Map()];
    for (const link of links) parts = await withLink(ground, request, link, parts);
    const columns = [...new Set(parts.flatMap((part) => [...part.keys()]))].filter(
      (name) => !request.fixed.has(name),
    );
    const whole = parts.filter((part) => columns.every((name) => part.has(name)));
    if (columns.length === 0 || whole.length === 0) continue;
    variables.push({
      columns,
      options: whole.slice(0, mostOptions).map((part) => columns.map((name) => part.get(name)!)),
    });
  }
  return variables;
}

/** Every part together with every row that the key may point at, where both agree. */
async function withLink(
  ground: Ground,
  request: ParentRequest,
  link: Link,
  parts: readonly Part[],
): Promise<Part[]> {
  const choices = await choicesOf(ground, request, link);
  const joined = parts
    .flatMap((part) => choices.flatMap((choice) => join(request.fixed, part, choice) ?? []))
    .slice(0, 400);
  if (joined.length > 0) return joined;
  // The rows that are there belong to other parents: one is made that fits.
  for (const part of parts.slice(0, 2)) {
    const wanted = new Map<string, string | null>();
    link.columns.forEach((column, index) => {
      const value = part.get(column) ?? request.fixed.get(column);
      if (value != null) wanted.set(link.targetColumns[index]!, value);
    });
    const made =
      (await findRow(ground, link, wanted)) ?? (await request.makeParent(link.target, wanted));
    const choice = made && choiceOf(link, made);
    const fitting = choice && join(request.fixed, part, choice);
    if (fitting) return [fitting];
  }
  throw missing(ground, link);
}

/** A row that was made on demand, where the whole key is known. */
async function findRow(ground: Ground, link: Link, wanted: Part): Promise<Stored | undefined> {
  if (wanted.size < link.targetColumns.length) return undefined;
  const target = ground.catalog.relations.get(link.target)!;
  const conditions = [...wanted].map(
    ([column, value]) => `${quoted(column)} = ${literal(value ?? "")}`,
  );
  const { rows } = await ground.session.query(
    `select ${textColumns(target)} from ${sqlName(target)} where ${conditions.join(" and ")} limit 1`,
  );
  return rows[0] as Stored | undefined;
}

const missing = (ground: Ground, link: Link) =>
  new MissingParent(link, nameOf(ground.catalog.relations.get(link.target)!));

async function choicesOf(ground: Ground, request: ParentRequest, link: Link): Promise<Part[]> {
  const absent = absence(link, request);
  const present = await presentRows(ground, request, link);
  const rows = present.flatMap((row) => choiceOf(link, row) ?? []);
  if (rows.length === 0 && absent.length === 0) {
    const made = await request.makeParent(link.target, new Map());
    const choice = made && choiceOf(link, made);
    if (!choice) throw missing(ground, link);
    return [choice];
  }
  return request.minimal ? [...absent, ...rows] : [...rows, ...absent];
}

async function presentRows(ground: Ground, request: ParentRequest, link: Link): Promise<Stored[]> {
  const planned = request.planned.get(link.target);
  if (request.ownParents.has(link.name)) {
    const made = await request.makeParent(link.target, new Map());
    if (made !== undefined) return [made];
  }
  const stored = ground
    .rowsOf(link.target)
    .filter(({ tenant }) => tenant === request.tenant)
    .sort((one, other) => distance(one.ordinal, request) - distance(other.ordinal, request))
    .map(({ values }) => values);
  return planned === undefined ? stored : [planned, ...stored];
}

const distance = (ordinal: number, request: ParentRequest) => Math.abs(ordinal - request.ordinal);

/** What the row's columns are where they point at this parent. */
function choiceOf(link: Link, parent: Stored): Part | undefined {
  const choice = new Map<string, string | null>();
  for (const [index, column] of link.columns.entries()) {
    const value = parent[link.targetColumns[index]!];
    if (value == null) return undefined;
    choice.set(column, value);
  }
  return choice;
}

/** Without a parent: those of its columns null that may be. */
function absence(link: Link, { fixed, filled }: ParentRequest): Part[] {
  if (link.matchFull && link.nullable.length < link.columns.length) return [];
  const free = link.nullable.filter((column) => !filled.has(column) && fixed.get(column) == null);
  return free.length === 0 || (link.matchFull && free.length < link.columns.length)
    ? []
    : [new Map(free.map((column) => [column, null]))];
}

function join(fixed: Part, part: Part, choice: Part): Part | undefined {
  const joined = new Map(part);
  for (const [column, value] of choice) {
    const decided = fixed.has(column) ? fixed.get(column) : joined.get(column);
    if (decided !== undefined && decided !== value) return undefined;
    joined.set(column, value);
  }
  return joined;
}

/** Links that share a column which is not decided yet stand in one group; required ones come first. */
function groupsOf(links: readonly Link[], fixed: Part): Link[][] {
  let groups: Link[][] = [];
  for (const link of links) {
    const free = link.columns.filter((column) => !fixed.has(column));
    const touches = (group: Link[]) =>
      group.some(({ columns }) => columns.some((column) => free.includes(column)));
    const merged = [...groups.filter(touches).flat(), link];
    groups = [...groups.filter((group) => !touches(group)), merged];
  }
  return groups.map((group) =>
    group.sort(
      (one, other) =>
        Number(other.required) - Number(one.required) || other.columns.length - one.columns.length,
    ),
  );
}
