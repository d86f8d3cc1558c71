import type { Finding, Rule } from "../../report/finding.js";
import type { Suppressed } from "../../report/report.js";
import type { FileMap } from "../replay/replay.js";
import { finding, type LintRule } from "../rules/rule.js";
import type { Lines } from "./lines.js";
import type { Comment } from "./split.js";

export const ignoreRule: LintRule = {
  id: "L50",
  name: "ignore-comment-invalid",
  severity: "medium",
  gaps: [],
  title: "A comment ignores a rule without saying which, or why",
  meaning: "It has no effect: nothing is suppressed without a rule and a reason.",
};

interface Ignore {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  readonly covers: (line: number) => boolean;
}

/** `-- tenantry-lint-ignore unique-without-tenant: slugs are public`. */
const directive = /^tenantry-lint-ignore\b[ \t]*(?:([\w-]+)[ \t]*:[ \t]*(\S.*))?/s;

export interface Ignored {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly notes: readonly string[];
}

/** Takes out what comments in the files ignore. */
export function applyIgnores(
  findings: readonly Finding[],
  maps: readonly FileMap[],
  rules: readonly Rule[],
): Ignored {
  const { ignores, invalid } = read(maps, rules);
  const used = new Set<Ignore>();
  const suppressed: Suppressed[] = [];
  const kept = findings.filter((each) => {
    const fitting = ignores.find((ignore) => fits(ignore, each));
    if (fitting === undefined) return true;
    used.add(fitting);
    suppressed.push({ finding: each, reason: fitting.reason });
    return false;
  });
  const idle = ignores.filter((ignore) => !used.has(ignore));
  const notes = idle.map(
    ({ file, line, rule }) =>
      `${file}:${line} ignores ${rule}, which finds nothing there: take it out.`,
  );
  return { findings: [...kept, ...invalid], suppressed, notes };
}

function fits({ file, rule, covers }: Ignore, { rule: broken, place }: Finding): boolean {
  const names = [broken.id, broken.name];
  return place?.file === file && names.includes(rule) && covers(place.line);
}

function read(maps: readonly FileMap[], rules: readonly Rule[]) {
  const ignores: Ignore[] = [];
  const invalid: Finding[] = [];
  for (const map of maps) {
    for (const comment of map.comments) {
      const found = directive.exec(comment.text);
      if (found === null) continue;
      const { line } = map.lines.at(comment.start);
      const [, rule, reason] = found;
      const known = rules.some(({ id, name }) => id === rule || name === rule);
      if (rule !== undefined && reason !== undefined && known) {
        ignores.push({
          file: map.file,
          line,
          rule,
          reason: reason.trim(),
          covers: reach(map, comment),
        });
      } else {
        const message =
          rule === undefined ? "It gives no rule and reason." : `There is no rule ${rule}.`;
        const mend = "Write: -- tenantry-lint-ignore <rule>: <reason>";
        invalid.push(
          finding(ignoreRule, map.file, { file: map.file, line }, message, mend, {
            detail: `${line}`,
          }),
        );
      }
    }
  }
  return { ignores, invalid };
}

/** Behind code: that line. Before a statement: all of it. On a line inside one: the next line. */
function reach({ lines, statements, text }: FileMap, comment: Comment): (line: number) => boolean {
  const own = lines.at(comment.start).line;
  if (codeBefore(text, comment, lines)) return (line) => line === own;
  const inside = statements.some(({ first, last }) => first <= own && own <= last);
  const next = statements.find(({ first }) => first > own);
  if (inside || next === undefined) return (line) => line === own + 1;
  return (line) => line >= next.first && line <= next.last;
}

function codeBefore(text: string, { start }: Comment, lines: Lines): boolean {
  const { column } = lines.at(start);
  return text.slice(start - column + 1, start).trim() !== "";
}
