import type { decide as Decide, RotationDecision } from "./rotation.js";

/**
 * A small world for checking the rotation: one grant, two tabs that share a jar for the token, a thief,
 * and time. Each refresh is cut where the real one is: sent, read, written under a condition, answered.
 */
export interface World {
  readonly now: number;
  readonly generation: number;
  readonly rotatedAt: number;
  readonly ended: boolean;
  /** When each generation was rotated: at index `generation`. */
  readonly usedAt: readonly number[];
  /** What the tabs have: one store for both. */
  readonly jar: number;
  readonly tabs: readonly [Request | null, Request | null];
  readonly thief: Request | null;
  /** Every generation that the thief ever saw. */
  readonly known: readonly number[];
  /** He looks into the jar once, at any time. */
  readonly mayLook: boolean;
}

type Request =
  | { readonly step: "sent"; readonly presented: number; readonly sentAt: number }
  | {
      readonly step: "read";
      readonly presented: number;
      readonly sentAt: number;
      readonly decision: RotationDecision;
      readonly newest: number;
    }
  | {
      readonly step: "answered";
      readonly presented: number;
      readonly sentAt: number;
      readonly served: number | null;
    };

/** A step that can be taken, with what was answered on the way, if something was. */
export interface Step {
  readonly name: string;
  readonly world: World;
  readonly answer?: { readonly presented: number; readonly served: number | null };
}

export interface Rules {
  readonly decide: typeof Decide;
  readonly withThief: boolean;
  /**
   * Whether honest clients are in time: an answer comes within 10 s or not at all, and within 20 s of a
   * rotation one has come. Else anything may take for ever.
   */
  readonly inTime: boolean;
  /** Whether no tab sends a token while the other still waits for the answer to an older one. */
  readonly patient: boolean;
  /** Whether a rotation is written only where the generation is still what was read. */
  readonly conditional: boolean;
}

export const grace = 30_000;
const tick = 10_000;
const lifetime = 1e12;

export const beginning: World = {
  now: 0,
  generation: 1,
  rotatedAt: 0,
  ended: false,
  usedAt: [],
  jar: 1,
  tabs: [null, null],
  thief: null,
  known: [],
  mayLook: true,
};

export function judge(world: World, presented: number, rules: Rules): RotationDecision {
  return rules.decide({ ...world, expiresAt: lifetime }, presented, world.now, grace);
}

export function steps(world: World, rules: Rules): Step[] {
  return [
    ...tabSteps(world, rules, 0),
    ...tabSteps(world, rules, 1),
    ...(rules.withThief ? thiefSteps(world, rules) : []),
    ...timeSteps(world, rules),
  ];
}

function tabSteps(world: World, rules: Rules, tab: 0 | 1): Step[] {
  const request = world.tabs[tab];
  const name = `tab ${"AB"[tab]}`;
  const put = (next: Request | null, from: World = world): World => ({
    ...from,
    tabs: tab === 0 ? [next, from.tabs[1]] : [from.tabs[0], next],
  });
  if (request === null) {
    const other = world.tabs[tab === 0 ? 1 : 0];
    if (rules.patient && other !== null && other.presented < world.jar) return [];
    const sent = { step: "sent", presented: world.jar, sentAt: world.now } as const;
    return [{ name: `${name} sends ${world.jar}`, world: put(sent) }];
  }
  if (request.step === "sent") {
    return [{ name: `${name} is read`, world: put(read(world, request, rules)) }];
  }
  if (request.step === "read") {
    const { after, served } = settle(world, request, rules);
    const { presented, sentAt } = request;
    const answered = { step: "answered", presented, sentAt, served } as const;
    const answer = { presented, served };
    return [
      { name: `${name} is written: ${served ?? "refused"}`, world: put(answered, after), answer },
    ];
  }
  const { served } = request;
  const jar = served ?? world.jar;
  return [
    { name: `${name} hears ${served ?? "a refusal"}`, world: put(null, { ...world, jar }) },
    { name: `${name} hears nothing`, world: put(null) },
  ];
}

/** What he sends and hears takes no time: later is no better for him, and to lose an answer is worse. */
function thiefSteps(world: World, rules: Rules): Step[] {
  const { thief } = world;
  const look = world.mayLook
    ? [
        {
          name: `the thief sees ${world.jar}`,
          world: { ...world, known: sorted([...world.known, world.jar]), mayLook: false },
        },
      ]
    : [];
  if (thief?.step === "read") {
    const { after, served } = settle(world, thief, rules);
    const known = served === null ? world.known : sorted([...world.known, served]);
    const answer = { presented: thief.presented, served };
    const name = `the thief is written: ${served ?? "refused"}`;
    return [...look, { name, world: { ...after, known, thief: null }, answer }];
  }
  const uses = world.known.map((presented) => ({
    name: `the thief uses ${presented}`,
    world: {
      ...world,
      thief: read(world, { step: "sent", presented, sentAt: world.now }, rules),
    },
  }));
  return [...look, ...uses];
}

function timeSteps(world: World, { inTime }: Rules): Step[] {
  return [tick, grace + 1].flatMap((time) => {
    const now = world.now + time;
    const late = world.tabs.some((request) => request !== null && now - request.sentAt > tick);
    const unheard = world.jar < world.generation && now - world.rotatedAt > 2 * tick;
    return inTime && (late || unheard)
      ? []
      : [{ name: `${time} ms pass`, world: { ...world, now } }];
  });
}

function read(world: World, request: Extract<Request, { step: "sent" }>, rules: Rules): Request {
  const decision = judge(world, request.presented, rules);
  return { ...request, step: "read", decision, newest: world.generation };
}

/** As refresh-grant.ts does it: a rotation that was lost is read again, once. */
function settle(
  world: World,
  request: Extract<Request, { step: "read" }>,
  rules: Rules,
  isLast = false,
): { after: World; served: number | null } {
  const { decision, presented, newest } = request;
  if (decision.act === "repeat") return { after: world, served: newest };
  if (decision.act === "end") return { after: { ...world, ended: true }, served: null };
  if (decision.act === "refuse") return { after: world, served: null };
  const isUnchanged = world.generation === presented || !rules.conditional;
  if (isUnchanged && !world.ended) {
    const usedAt = [...world.usedAt];
    usedAt[presented] ??= world.now;
    const generation = world.generation + 1;
    const after = { ...world, generation, rotatedAt: world.now, usedAt };
    return { after, served: generation };
  }
  if (isLast) return { after: world, served: null };
  const again = read(world, { ...request, step: "sent" }, rules);
  return settle(world, again as Extract<Request, { step: "read" }>, rules, true);
}

function sorted(generations: readonly number[]): number[] {
  return [...new Set(generations)].sort((a, b) => a - b);
}

/** Worlds that go on alike have one key: tabs are alike, and what is long ago is long ago. */
export function keyOf(world: World): string {
  const age = (time: number | null | undefined) =>
    time === null || time === undefined ? null : Math.min(world.now - time, grace + 1);
  const request = (one: Request | null) => one && { ...one, sentAt: age(one.sentAt) };
  const tabs = world.tabs.map((tab) => JSON.stringify(request(tab))).sort();
  return JSON.stringify([
    world.generation,
    age(world.rotatedAt),
    world.ended,
    // Of older generations it is known that they were used.
    age(world.usedAt[world.generation - 1]),
    world.jar,
    tabs,
    request(world.thief),
    world.known,
    world.mayLook,
  ]);
}
