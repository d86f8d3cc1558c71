import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, lastGeneration, type RotationState } from "./rotation.js";
import {
  beginning,
  grace,
  judge,
  keyOf,
  steps,
  type Rules,
  type Step,
  type World,
} from "./rotation-model.test-support.js";

const state: RotationState = { generation: 5, rotatedAt: 1_000, expiresAt: 900_000, ended: false };

describe("the rotation", () => {
  it.each([
    ["rotates the newest", 5, 2_000, { act: "rotate", to: 6 }],
    ["repeats for the parent at the last moment of the grace", 4, 31_000, { act: "repeat" }],
    ["ends for the parent one millisecond later", 4, 31_001, { act: "end" }],
    ["ends for a grandparent at once", 3, 1_000, { act: "end" }],
    ["refuses what was never made", 6, 2_000, { act: "refuse", because: "ahead" }],
    ["refuses at its expiry", 5, 900_000, { act: "refuse", because: "expired" }],
  ] as const)("%s", (_, presented, now, decision) => {
    expect(decide(state, presented, now, grace)).toEqual(decision);
  });

  it.each([
    ["is answered with itself at the last moment", 5, 31_000, { act: "repeat" }],
    ["is rotated one millisecond later", 5, 31_001, { act: "rotate", to: 6 }],
  ] as const)("settles: what was rotated %s", (_, presented, now, decision) => {
    expect(decide(state, presented, now, grace, grace)).toEqual(decision);
  });

  it("rotates the first token at once, settling or not", () => {
    const first = { ...state, generation: 1 };
    expect(decide(first, 1, 1_000, grace, grace)).toEqual({ act: "rotate", to: 2 });
  });

  it("makes no generation that the column cannot hold", () => {
    const last = { ...state, generation: lastGeneration };
    expect(decide(last, lastGeneration, 2_000, grace)).toMatchObject({ act: "refuse" });
    expect(decide(last, lastGeneration - 1, 2_000, grace)).toEqual({ act: "repeat" });
  });

  it("refuses everything of a grant that has ended or expired, and never ends it twice", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(2_000_000),
        fc.boolean(),
        (presented, now, ended) => {
          const over = { ...state, ended, expiresAt: ended ? state.expiresAt : now };
          expect(decide(over, presented, now, grace).act).toBe("refuse");
        },
      ),
    );
  });
});

const settlingFor =
  (time: number): Rules["decide"] =>
  (given, presented, now, within) =>
    decide(given, presented, now, within, time);
const settling = settlingFor(grace);

const conditional = true;
const honest: Rules = { decide, withThief: false, inTime: true, patient: true, conditional };
const hostile: Rules = { decide, withThief: true, inTime: false, patient: false, conditional };

describe("two tabs, checked in every order of steps", () => {
  it("are never logged out while they are alone and in time", () => {
    const { worlds, fault } = explore(honest, 40, ({ world, answer }) =>
      world.ended || answer?.served === null ? "an honest tab was refused" : null,
    );
    expect(fault).toBeNull();
    expect(worlds).toBeGreaterThan(1_000);
  });

  it("are never logged out where they settle, however often they refresh at once", () => {
    const { worlds, fault } = explore(
      { ...honest, decide: settling, patient: false },
      40,
      ({ world, answer }) =>
        world.ended || answer?.served === null ? "an honest tab was refused" : null,
    );
    expect(fault).toBeNull();
    expect(worlds).toBeGreaterThan(2_000);
  });

  it.each([
    ["an answer may come later than the grace", { inTime: false, decide: settling }],
    [
      "a tab refreshes twice while the other's first request is on its way, and nothing settles",
      { patient: false },
    ],
    [
      "what settles does so for less than the grace",
      { patient: false, decide: settlingFor(grace - 1) },
    ],
  ])("could be, where %s: the limits of what is promised", (_, changed) => {
    const { fault } = explore({ ...honest, ...changed }, 24, ({ world }) =>
      world.ended ? "an honest tab was refused" : null,
    );
    expect(fault).not.toBeNull();
  });
});

describe("two tabs and a thief, checked in every order of steps", () => {
  it.each([
    ["nothing settles", decide],
    ["they settle", settling],
  ])("never have two successors, nor both live on, nor come back, where %s", (_, rule) => {
    const rules = { ...hostile, decide: rule };
    const { worlds, fault } = explore(rules, hostileDepth, faultOf(rules));
    expect(fault).toBeNull();
    expect(worlds).toBeGreaterThan(10_000);
  });

  it.each<[string, Rules["decide"]]>([
    ["the grace has no end", (s, presented, now) => decide(s, presented, now, Infinity)],
    [
      "an older token is refused and no more",
      (...given) => {
        const decision = decide(...given);
        return decision.act === "end" ? { act: "refuse", because: "ended" } : decision;
      },
    ],
    [
      "what has ended is not asked",
      (s, presented, now, time) => decide({ ...s, ended: false }, presented, now, time),
    ],
    [
      "any older token gets the newest in time",
      (s, presented, now, time) =>
        presented < s.generation && !s.ended && now - s.rotatedAt <= time
          ? { act: "repeat" }
          : decide(s, presented, now, time),
    ],
  ])("would be found out where %s", (_, faulty) => {
    const rules = { ...hostile, decide: faulty };
    expect(explore(rules, hostileDepth, faultOf(rules)).fault).not.toBeNull();
  });

  it("would be found out where a rotation is written without its condition", () => {
    const rules = { ...hostile, conditional: false };
    expect(explore(rules, hostileDepth, faultOf(rules)).fault).toMatch(/another successor/);
  });
});

/** Steps; a refresh has four of a tab and two of the thief. */
const hostileDepth = 12;

function faultOf(rules: Rules) {
  return ({ world, answer }: Step, before: World): string | null => {
    if (before.ended && !world.ended) return "a grant that had ended came back";
    if (answer !== undefined && answer.served !== null) {
      const { presented, served } = answer;
      // A token that settles is answered with itself, and with nothing else.
      if (served !== presented + 1 && served !== presented) {
        return `${presented} had another successor, ${served}`;
      }
      const isRotation = world.generation > before.generation;
      if (isRotation && before.ended) return "a grant that had ended went on";
      if (isRotation && before.usedAt[presented] !== undefined)
        return `${presented} was rotated twice`;
    }
    return livesTooLong(world, rules);
  };
}

/** Whoever has an older token, after the grace: his next use must end it for both. */
function livesTooLong(world: World, rules: Rules): string | null {
  for (const presented of [world.jar, ...world.known]) {
    const { act } = judge(world, presented, rules);
    const isOld = presented < world.generation && world.now - world.rotatedAt > grace;
    const isOlder = presented < world.generation - 1;
    if (world.ended && act !== "refuse") return "something ended is served";
    if (!world.ended && (isOld || isOlder) && act !== "end") return `${presented} lives on`;
  }
  return null;
}

/** Breadth first, each world once. */
function explore(
  rules: Rules,
  depth: number,
  faultIn: (step: Step, before: World) => string | null,
): { worlds: number; fault: string | null } {
  const seen = new Set([keyOf(beginning)]);
  let level: { world: World; path: readonly string[] }[] = [{ world: beginning, path: [] }];
  for (let i = 0; i < depth; i++) {
    const next: typeof level = [];
    for (const { world, path } of level) {
      for (const step of steps(world, rules)) {
        const fault = faultIn(step, world);
        const names = [...path, step.name];
        if (fault !== null) return { worlds: seen.size, fault: `${fault}: ${names.join("; ")}` };
        const key = keyOf(step.world);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ world: step.world, path: names });
      }
    }
    level = next;
  }
  return { worlds: seen.size, fault: null };
}
