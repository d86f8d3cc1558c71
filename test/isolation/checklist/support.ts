import { createClient } from "redis";
import type { MatrixRow, Report, Verdict } from "../../../src/isolation/report/report.js";

/** What the report says of each item, by its id. */
export function answersIn({ matrices }: Report): ReadonlyMap<string, Said> {
  return new Map(matrices.flatMap(({ rows }) => rows.map(saidIn)));
}

export interface Said {
  readonly verdict: Verdict;
  readonly evidence: string;
}

function saidIn({ name, cells }: MatrixRow): readonly [string, Said] {
  const [{ verdict, note = "" }] = cells as [MatrixRow["cells"][number]];
  return [name.split(" ")[0]!, { verdict, evidence: note }];
}

/** Findings of one item, as `subject: message`. */
export function found(report: Report, id: string): readonly string[] {
  return report.findings
    .filter(({ rule }) => rule.id === id)
    .map(({ subject, message }) => `${subject}: ${message}`);
}

/** A numbered database of Redis that is this test's alone, empty before and after. */
export async function ownRedis(url: string, index: number) {
  const own = new URL(url);
  own.pathname = `/${index}`;
  const client = createClient({ url: own.href });
  client.on("error", () => undefined);
  await client.connect();
  await client.flushDb();
  return {
    url: own.href,
    client,
    async close() {
      await client.flushDb();
      client.destroy();
    },
  };
}
