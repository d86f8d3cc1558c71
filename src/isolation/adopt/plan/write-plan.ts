import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TenantryError } from "../../../core/tenantry-error.js";
import type { Plan, Stage, Statement, Step } from "./step.js";

/**
 * Writes the plan as SQL files for psql, the way back under `rollback/`, and a README.
 * @returns the names of the files
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where the directory holds files that are not of a plan
 */
export function writePlan(directory: string, plan: Plan): readonly string[] {
  refuseStrangers(directory);
  mkdirSync(join(directory, "rollback"), { recursive: true });
  const files = [
    ...plan.stages.map((stage) => [fileOf(stage), forward(stage)] as const),
    ...[...plan.stages]
      .reverse()
      .map((stage) => [join("rollback", fileOf(stage)), back(stage)] as const),
    ["README.md", readme(plan)] as const,
  ];
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
  return files.map(([name]) => name);
}

export function fileOf({ number, name }: Stage): string {
  return `${String(number).padStart(2, "0")}-${name}.sql`;
}

function forward(stage: Stage): string {
  const { purpose, locks, duration, steps } = stage;
  return text(
    purpose,
    locks,
    duration,
    steps.map(({ title, statements }) => ({ title, statements })),
  );
}

function back(stage: Stage): string {
  const steps = [...stage.steps].reverse().filter(({ undo }) => undo.length > 0);
  const purpose = `Takes back ${fileOf(stage)}. Run the files of this folder from the highest number down.`;
  const last =
    stage.number === 0
      ? [{ title: "the helpers", statements: ["drop schema if exists tenantry_adopt cascade"] }]
      : [];
  return text(purpose, stage.locks, stage.duration, [
    ...steps.map(({ title, undo }) => ({ title, statements: undo })),
    ...last,
  ]);
}

function text(
  purpose: string,
  locks: string,
  duration: string,
  steps: readonly Pick<Step, "title" | "statements">[],
): string {
  const head = [
    ...wrapped(purpose),
    ...wrapped(`Locks: ${locks}`),
    ...wrapped(`Takes: ${duration}`),
    ...wrapped(
      "It can be run again whenever it was interrupted or a lock timed out. Run it with psql -v ON_ERROR_STOP=1 -f, outside a transaction.",
    ),
  ];
  const body = steps.map(
    ({ title, statements }) =>
      `-- ${title.replaceAll("\n", " ")}\n${statements.flatMap(linesOf).join("\n")}`,
  );
  return `${head.join("\n")}\n\n${lockTimeout}\nset statement_timeout = 0;\n\n${body.join("\n\n")}\n`;
}

const lockTimeout = "set lock_timeout = '3s';";

function linesOf(statement: Statement): readonly string[] {
  if (typeof statement === "string") return [`${statement};`];
  const { clear, build } = statement;
  return [`${clear};`, "set lock_timeout = 0;", `${build};`, lockTimeout];
}

function wrapped(sentence: string): readonly string[] {
  const lines: string[] = [""];
  for (const word of sentence.split(" ")) {
    const line = lines.at(-1)!;
    if (line.length + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `-- ${line}`);
}

function readme({ stages, notes }: Plan): string {
  const rows = stages.map(
    (stage) =>
      `| \`${fileOf(stage)}\` | ${stage.steps.length} | ${stage.locks} | ${stage.duration} |`,
  );
  return `# Bringing the database under Tenantry

Run \`tenantry migrate\` first; then these files in their order, each with \`psql -v ON_ERROR_STOP=1 -f\`, as a
login that owns the tables and is a member of \`tenantry_owner\`; or \`tenantry adopt --apply\`, which does the
same, waits for locks and remembers where it was. Take a backup, and try it on a copy first.

Files 00 to 70 run while the old app serves. With 80 the primary keys change (\`ON CONFLICT\`!), and with 90 the
app has to come through Tenantry. \`rollback/\` takes each file back, from the highest number down; tenants
that were registered stay in Tenantry's registry.

| file | steps | locks | takes |
| --- | --- | --- | --- |
${rows.join("\n")}
${notes.length === 0 ? "" : `\n## To know\n\n${notes.map((note) => `- ${note}`).join("\n")}\n`}`;
}

function refuseStrangers(directory: string): void {
  const strangers = (existsSync(directory) ? readdirSync(directory) : []).filter(
    (name) => !/^(\d\d-[a-z-]+\.sql|README\.md|rollback)$/.test(name),
  );
  if (strangers.length === 0) return;
  throw new TenantryError("PROOF_IMPOSSIBLE", {
    message: `${directory} holds files that are not of a plan (${strangers.slice(0, 3).join(", ")}).`,
    fix: "Name a directory that is empty, or that holds an earlier plan.",
  });
}
