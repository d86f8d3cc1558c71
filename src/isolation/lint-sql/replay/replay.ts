import { parseSql, type Node, type Parsed } from "../../sql/parse.js";
import { noteDynamic, type Model, type Place, type Unread } from "../model/model.js";
import type { MigrationFile } from "../source/files.js";
import { Lines } from "../source/lines.js";
import { splitSql, type Comment, type Piece } from "../source/split.js";
import type { Lookup } from "./block/values.js";
import { substituted } from "./block/substitute.js";
import { readDoBlock } from "./do-block.js";
import { dropEntries } from "./drops.js";
import { functionEntries } from "./functions.js";
import { grantEntries } from "./grants.js";
import { policyEntries } from "./policies.js";
import { publicationEntries } from "./publications.js";
import { renameEntries } from "./renames.js";
import { roleEntries } from "./roles.js";
import type { Entry, Step } from "./step.js";
import { tableEntries } from "./tables.js";
import { tenantryEntries } from "./tenantry-calls.js";
import { viewEntries } from "./views.js";

const handlers = new Map<string, Entry[1][]>();
for (const [kind, handle] of [
  ...tableEntries,
  ...viewEntries,
  ...policyEntries,
  ...grantEntries,
  ...functionEntries,
  ...roleEntries,
  ...dropEntries,
  ...renameEntries,
  ...publicationEntries,
  ...tenantryEntries,
]) {
  handlers.set(kind, [...(handlers.get(kind) ?? []), handle]);
}

/** Where statements and comments stand, for the suppressions. */
export interface FileMap {
  readonly file: string;
  readonly lines: Lines;
  readonly statements: readonly { readonly first: number; readonly last: number }[];
  readonly comments: readonly Comment[];
  readonly text: string;
}

/** Carries out one file's statements on the model. */
export function replayFile({ name, text }: MigrationFile, model: Model): FileMap {
  const lines = new Lines(text);
  const { pieces, comments } = splitSql(text);
  const commentAt = new Map(comments.map((comment) => [comment.start, comment]));
  const statements = pieces.map((piece) => {
    const begins = piece.start + leadingOf(piece, commentAt);
    const place = { file: name, line: lines.at(begins).line };
    replayPiece(piece, place, model, (offset) => lines.at(piece.start + offset).line);
    return { first: place.line, last: lines.at(piece.start + piece.text.trimEnd().length).line };
  });
  return { file: name, lines, statements, comments, text };
}

/** How much white space and comment stands before the first word. */
function leadingOf({ text, start }: Piece, comments: ReadonlyMap<number, Comment>): number {
  let at = 0;
  for (;;) {
    const blank = /\s*/y;
    blank.lastIndex = at;
    at += blank.exec(text)?.[0].length ?? 0;
    const comment = comments.get(start + at);
    if (comment === undefined) return at;
    at = comment.end - start;
  }
}

function replayPiece(
  piece: Piece,
  place: Place,
  model: Model,
  lineAt: (offset: number) => number,
): void {
  const unread = (kind: Unread["kind"], problem: string) =>
    void model.unread.push({ kind, problem, text: piece.text, place });
  if (piece.kind === "meta") return unread("meta", `psql's ${piece.text.split(/\s/)[0]!}`);
  if (piece.text.includes("\0")) return unread("statement", "a NUL character");
  const parsed = parseSql(piece.text);
  if ("problem" in parsed) {
    const at = lineAt(Math.max(0, parsed.position - 1));
    const problem = at === place.line ? parsed.problem : `${parsed.problem} in line ${at}`;
    return unread("statement", problem);
  }
  const offsets = toCodeUnits(piece.text);
  const at = (location: number | undefined) =>
    location === undefined ? place : { file: place.file, line: lineAt(offsets(location)) };
  try {
    runAll(parsed, piece.text, { model, place, at });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    unread("statement", "it is nested too deeply");
  }
}

function runAll(
  { statements }: Extract<Parsed, { statements: unknown }>,
  text: string,
  where: Omit<Step, "text">,
  lookup: Lookup = () => undefined,
): void {
  for (const { node, start, end } of statements) {
    const step = { ...where, text: text.slice(start, end) };
    if ("DoStmt" in node) runBlock(node, step);
    else for (const each of substituted(node, lookup)) run(each, step);
  }
}

function run(node: Node, step: Step): void {
  for (const kind of Object.keys(node)) {
    for (const handle of handlers.get(kind) ?? []) handle(node, step);
  }
}

function runBlock(node: Extract<Node, { DoStmt: unknown }>, step: Step): void {
  const { body, inner } = readDoBlock(node.DoStmt);
  const dynamic = (problem: string, place: Place, runs = body) =>
    noteDynamic(step.model, { problem, text: body, runs, place });
  if (inner === undefined) return dynamic("a DO block that cannot be read", step.place);
  for (const { sql, from, line, lookup } of inner) {
    const place = { file: step.place.file, line: step.place.line + line - 1 };
    const parsed = sql === undefined ? undefined : parseSql(sql);
    // Text that comes out of variables alone may be any that the block holds.
    const runs = from?.includes("'") === true ? from : body;
    if (parsed === undefined)
      dynamic("SQL that a DO block puts together while it runs", place, runs);
    else if ("problem" in parsed) dynamic(`SQL in a DO block: ${parsed.problem}`, place, sql);
    else runAll(parsed, sql!, { model: step.model, place, at: () => place }, lookup);
  }
}

/** The parser counts bytes of UTF-8. */
function toCodeUnits(text: string): (byte: number) => number {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === text.length) return (byte) => byte;
  return (byte) => bytes.toString("utf8", 0, byte).length;
}
