import { isGood, statusOf } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { parametersOf } from "../routes/route.js";
import { below } from "../random.js";
import { judgeTiming } from "../timing/judge-timing.js";
import type { Attack } from "./attack.js";
import { saysNothing, type Bout } from "./bout.js";
import { aimsOf } from "./victim-aim.js";

/** Takes the time of a foreign id and of two that never existed, in turns and in random order. */
export const timing: Attack = {
  columns: ["timing"],
  applies: ({ method, template }) => method === "GET" && parametersOf(template).length > 0,
  async run(bout) {
    const { timingSamples } = bout.run.settings;
    if (timingSamples === 0) return bout.pointless("timing", "left out: --timing-samples 0");
    const aims = await aimsOf(bout);
    if (typeof aims === "string") return bout.unproven("timing", aims);
    if (aims.collides) return bout.pointless("timing", "both tenants have this id");
    const values = [aims.victim.values, aims.missing(), aims.missing()] as const;
    const samples = await sample(bout, values, timingSamples);
    if (typeof samples === "string") return bout.unproven("timing", samples);
    const [foreign, missing, control] = samples;
    const { kind, words } = judgeTiming({
      foreign: foreign!,
      missing: missing!,
      control: control!,
    });
    if (kind === "too few" || kind === "noisy" || kind === "weak")
      return bout.unproven("timing", words);
    if (kind === "same") return bout.holds("timing", words);
    const mend =
      "Look records up by a key that leads with the tenant, as (tenant_id, id), and do nothing for a foreign id that is not done for a missing one.";
    bout.open("timing", "timing", `By time: ${words}.`, mend);
  },
};

type Values = Readonly<Record<string, string>>;

/** @returns why not, where the answers cannot be compared */
async function sample(
  bout: Bout,
  values: readonly Values[],
  rounds: number,
): Promise<readonly number[][] | string> {
  const times: number[][] = values.map(() => []);
  for (const each of values) {
    const warm = await bout.attack(requestFor(bout.route, each));
    if (isGood(warm)) return "an answer was good: the time tells nothing more";
    if (saysNothing(warm)) return `the answer was ${statusOf(warm)}`;
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const index of shuffled(values.length, bout)) {
      const reply = await bout.attack(requestFor(bout.route, values[index]!));
      if (reply.status === 0 || reply.status === 429)
        return `the answer was ${statusOf(reply)} after ${round} rounds`;
      times[index]!.push(reply.milliseconds);
    }
  }
  return times;
}

function shuffled(length: number, { run: { random } }: Bout): readonly number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = below(random, last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
