import { startReport } from "../report/start-report.js";
import type { Report } from "../report/report.js";
import { fight, pairsOf } from "./bouts.js";
import { judgeCoverage, unprovenIn } from "./coverage.js";
import { BudgetSpent } from "./http/budget.js";
import { describeIdentity, hostOf, secretsOf } from "./identity/identity.js";
import type { ProbeOptions } from "./options.js";
import { prepare, type Prepared } from "./prepare.js";
import { impossible } from "./problem.js";
import { redact } from "./redact.js";
import { findUndescribed } from "./routes/undescribed.js";
import { rules } from "./rules.js";
import { cleanUp } from "./things/cleanup.js";
import { learn, markByComparison } from "./things/learn.js";
import { Maker } from "./things/maker.js";

/**
 * Tries, over HTTP, to reach each tenant's records as every other tenant's identities.
 * What it makes it deletes in the end, also where it fails or is interrupted.
 * @throws {TenantryError} `CONFIG_INVALID` for options that cannot be used, `PROOF_IMPOSSIBLE` where nothing
 * could be tried or it was interrupted
 */
export async function probe(options: ProbeOptions): Promise<Report> {
  const end = startReport("probe", options.suppressions);
  const prepared = await prepare(options);
  const { run, client } = prepared;
  try {
    const stopped = await attack(prepared);
    run.onStep("Deleting what was made");
    const left = await cleanUp(run);
    if (options.signal?.aborted === true) {
      const rest = left.length === 0 ? "Everything that it made is deleted." : left.join(" ");
      throw impossible(`The probe was interrupted. ${rest}`, "Start it again.");
    }
    return end(resultOf(prepared, stopped, left));
  } finally {
    client.close();
  }
}

/** @returns why it ended early; null where it did not */
async function attack({ run }: Prepared): Promise<string | null> {
  const maker = new Maker(run);
  const pairs = pairsOf(run);
  try {
    await learn(run, maker);
    await findUndescribed(run);
    await markByComparison(run);
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw await tidied(run, error);
    return error.message;
  }
  try {
    return await fight(run, maker, pairs);
  } catch (error) {
    throw await tidied(run, error);
  }
}

async function tidied(run: Prepared["run"], error: unknown): Promise<unknown> {
  await cleanUp(run);
  return error;
}

type Result = Parameters<ReturnType<typeof startReport>>[0];

function resultOf(
  { run, client, seed }: Prepared,
  stopped: string | null,
  left: readonly string[],
): Result {
  judgeCoverage(run, stopped);
  const { matrices } = run.ledger;
  const who = run.identities.map((each) => `${describeIdentity(each)} at ${hostOf(each)}`);
  const result: Result = {
    target: [
      ["base URL", run.identities[0]!.baseUrl.href],
      ["identities", who.join("; ")],
      ["routes", String(run.routes.length)],
      ["requests", String(run.budget.requests)],
      ["seed", String(seed)],
    ],
    assumptions: [],
    rules: Object.values(rules),
    findings: run.ledger.findings,
    matrices,
    unproven: unprovenIn({ matrices }),
    notes: left,
  };
  return redact(result, [...run.identities.flatMap(secretsOf), ...client.secrets]);
}
