import { createHash } from "node:crypto";
import { assertScope, type Actor, type TenantScope } from "../scope.js";
import { TenantryError } from "../tenantry-error.js";
import { actorClaims, claimedActor } from "./actor-claims.js";
import type { KeyRing } from "./key-ring.js";
import { longestSeal, makeSeal, openSeal, type SealClaims } from "./seal.js";

/** Seconds that a job may wait after it is due, unless said otherwise: 7 days. */
export const usualJobLife = 7 * 86_400;

/** Longest time in seconds that a seal may be good for after the job is due, and longest delay: 366 days. */
export const longestJobLife = 366 * 86_400;

/** What one job is, to its producer and to its worker alike. */
export interface JobIdentity {
  /** The queue, subject or topic: the seal opens for no other. 1 to 200 characters. */
  readonly queue: string;
  /** The kind of job, where the queue has such a thing. At most 200 characters. Default `""`. */
  readonly name?: string;
  /** The job's id, where the producer chooses it: the seal then opens for that job alone. */
  readonly id?: string;
  /** The id of the schedule that makes the job, again and again, in place of a job's own id. */
  readonly schedule?: string;
  /** What the seal must not be moved away from: the bytes that travel, or canonical JSON. */
  readonly payload: Uint8Array | string;
}

export interface SealJobOptions extends JobIdentity {
  /** Whole seconds after `dueAt`, 1 to 31,622,400 (366 days). Default 604,800 (7 days). */
  readonly lifetimeSeconds?: number;
  /** When a delayed job is to run, in milliseconds since the epoch. Default now; at most 366 days ahead. */
  readonly dueAt?: number;
}

/**
 * Seals a scope into one job: tenant, actor, queue, name, id or schedule, expiry and a SHA-256 of the
 * payload. The evidence does not travel.
 * @param now milliseconds since the epoch
 * @throws {TenantryError} `SCOPE_FORGED`, `CONFIG_INVALID`
 */
export function sealJob(
  ring: KeyRing,
  scope: TenantScope,
  options: SealJobOptions,
  now: number = Date.now(),
): string {
  assertScope(scope);
  const { lifetimeSeconds = usualJobLife, dueAt = now } = options;
  assertIdentity(options);
  if (!isWithin(lifetimeSeconds, 1, longestJobLife)) {
    throw invalidOption(
      `lifetimeSeconds is ${lifetimeSeconds}`,
      "Pass whole seconds, 1 to 31622400.",
    );
  }
  if (!Number.isFinite(dueAt) || dueAt > now + longestJobLife * 1000) {
    throw invalidOption("dueAt is more than 366 days ahead", "Enqueue the job nearer to its time.");
  }
  const seal = makeSeal(ring, "job", {
    tenantId: scope.tenant.id,
    expiresAt: Math.floor(Math.max(dueAt, now) / 1000) + lifetimeSeconds,
    claims: { ...identityClaims(options), ...actorClaims(scope.actor) },
  });
  if (seal.length <= longestSeal) return seal;
  throw invalidOption("the actor's id is too long to be sealed", "Use shorter actor ids.");
}

export interface JobSealContents {
  readonly tenantId: string;
  readonly actor: Actor;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Opens what `sealJob` made for this very job.
 * @param now milliseconds since the epoch
 * @throws {TenantryError} `SEAL_REQUIRED`, `SEAL_INVALID`, `SEAL_EXPIRED`
 */
export function openJobSeal(
  ring: KeyRing,
  seal: unknown,
  job: JobIdentity,
  now: number = Date.now(),
): JobSealContents {
  if (typeof seal !== "string" || seal === "") {
    throw new TenantryError("SEAL_REQUIRED", {
      message: `A job of ${JSON.stringify(job.queue)} came without a seal.`,
      fix: "Enqueue it through Tenantry's adapter of the queue, inside a tenant's scope.",
    });
  }
  const { tenantId, expiresAt, claims } = openSeal(ring, "job", seal, now);
  assertSameJob(claims, job);
  return { tenantId, expiresAt, actor: claimedActor(claims) };
}

function assertSameJob(claims: SealClaims, job: JobIdentity): void {
  const { q, n, jid, sch, pay } = identityClaims(job);
  if (claims["q"] !== q) throw moved("another queue");
  if (claims["n"] !== n) throw moved("a job of another name");
  if (claims["sch"] !== sch) throw moved("another schedule, or for none");
  // A seal without an id is for a queue that lets no producer choose one.
  if (claims["jid"] !== undefined && claims["jid"] !== jid) throw moved("a job of another id");
  if (claims["pay"] !== pay) throw moved("another payload");
}

/** Keys apart from the actor's `kind` and `id`. */
function identityClaims({ queue, name = "", id, schedule, payload }: JobIdentity): SealClaims {
  return {
    q: queue,
    n: name,
    ...(id === undefined ? {} : { jid: id }),
    ...(schedule === undefined ? {} : { sch: schedule }),
    pay: createHash("sha256").update(payload).digest("base64url"),
  };
}

function assertIdentity({ queue, name = "", id, schedule }: JobIdentity): void {
  for (const [what, text, least] of [
    ["queue", queue, 1],
    ["name", name, 0],
    ["id", id ?? "-", 1],
    ["schedule", schedule ?? "-", 1],
  ] as const) {
    if (typeof text === "string" && isWithin(text.length, least, 200)) continue;
    throw invalidOption(`${what} is no text of ${least} to 200 characters`, "Use a shorter name.");
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function moved(what: string): TenantryError {
  return new TenantryError("SEAL_INVALID", {
    message: `A job's seal was made for ${what}.`,
    fix: "Enqueue each job with a seal of its own; nothing of a sealed job may be changed or moved.",
  });
}

function invalidOption(what: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message: `A job cannot be sealed: ${what}.`, fix });
}
