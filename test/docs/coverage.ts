import plugin from "../../src/eslint/index.js";
import { checks } from "../../src/isolation/checks/index.js";
import { lintRules } from "../../src/isolation/lint-sql/rules/index.js";
import { rules as probeRules } from "../../src/isolation/probe/rules.js";
import { attacks } from "../../src/isolation/prover/rules.js";

/** Which rows of the catalogue a rule of ours covers; empty where it is about something else. */
export type Coverage = Readonly<Record<string, string>>;

/** Of migration files: `lint-sql`. */
const ofMigrations: Coverage = {
  ...{ L1: "A1", L2: "A1", L3: "A1", L4: "A1", L5: "A2", L6: "B1", L7: "C3", L8: "B11" },
  ...{ L9: "B12", L10: "B12", L11: "B17", L12: "D4", L13: "D1 D2 D3", L14: "D6", L15: "C13" },
  ...{ L16: "C1", L17: "C2", L18: "C3", L19: "B14", L20: "C4", L21: "B13", L22: "C9 C10 C11" },
  ...{ L23: "C7", L24: "C7", L25: "C8", L26: "A4", L27: "A3", L28: "F1", L29: "F1", L30: "C13" },
  ...{ L31: "B15", L32: "C14", L33: "C13", L34: "C6", L35: "", L36: "", L37: "", L38: "B2" },
  ...{ L39: "B9", L40: "B11", L41: "B6", L42: "B7", L43: "B4", L44: "", L45: "B16", L46: "B12" },
  ...{ L47: "", L48: "B5", L49: "B3", L50: "" },
};

/** Of code: the ESLint plugin. */
const ofCode: Coverage = {
  "sql-names-tenant": "O6",
  "no-callback-query": "O4",
  "no-unscoped-client": "F1",
  "no-operator-in-handler": "",
  "no-unkeyed-cache": "O1",
  "no-ambient-tenant-in-cache": "O2",
  "no-tenant-from-request": "O7",
  "no-tenant-in-error": "E4",
  "no-enter-with": "O4",
};

/** Over HTTP: `probe`. */
const overHttp: Coverage = {
  ...{ P1: "O6", P2: "O6", P3: "O6", P4: "O6", P5: "O6 E3", P6: "O6 O1", P7: "O6 O8", P8: "O6 D1" },
  ...{ P9: "O6", P10: "O6", P11: "O7", P12: "O7", P13: "O6", P14: "O7", P15: "O3", P16: "O3" },
  ...{ P17: "E4", P18: "D4", P19: "O6", P20: "", P21: "" },
};

/** Tool → row of the catalogue → the rules of the tool that cover it. */
export function coverage(): Readonly<Record<string, ReadonlyMap<string, readonly string[]>>> {
  return {
    audit: byRow(checks.map(({ id }) => [id, rowOf(id)] as const)),
    prove: byRow(Object.values(attacks).map(({ id, gaps }) => [id, gaps.join(" ")] as const)),
    lint: byRow([...Object.entries(ofMigrations), ...Object.entries(ofCode)]),
    probe: byRow(Object.entries(overHttp)),
  };
}

/** Rules that this file says nothing about, and rules of this file that are not there. */
export function strangers(): readonly string[] {
  const there = [
    ...lintRules.map(({ id }) => id),
    ...Object.keys(plugin.rules),
    ...Object.values(probeRules).map(({ id }) => id),
  ];
  const said = [ofMigrations, ofCode, overHttp].flatMap((each) => Object.keys(each));
  return [
    ...there.filter((id) => !said.includes(id)).map((id) => `${id} is not in coverage.ts`),
    ...said.filter((id) => !there.includes(id)).map((id) => `${id} of coverage.ts is no rule`),
  ];
}

/** A check is called after its row; those for which there is no row have numbers behind the last. */
function rowOf(id: string): string {
  return ["C18", "C19", "V1"].includes(id) ? "" : id;
}

function byRow(rules: readonly (readonly [id: string, rows: string])[]) {
  const map = new Map<string, string[]>();
  for (const [id, rows] of rules) {
    for (const row of rows.split(" ").filter(Boolean)) map.set(row, [...(map.get(row) ?? []), id]);
  }
  return map;
}
