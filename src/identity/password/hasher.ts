import { checkWhole } from "../../core/check-whole.js";
import { emitEvent, logEvents, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { nativeArgon2, type Argon2 } from "./argon2.js";
import { defaultConcurrency } from "./concurrency.js";
import { checkCost, type HashCost } from "./cost.js";
import { mostPasswordBytes, normalPassword } from "./normal-form.js";
import { makeDecoy, readStoredHash } from "./stored-hash.js";
import { WorkQueue } from "./work-queue.js";

export interface PasswordHasherOptions extends Partial<HashCost> {
  /**
   * Passwords hashed at once in this process, 1 to 256; it takes `memoryKib` for each. Default one for
   * each processor, 2 at least, and one less than libuv has threads (`UV_THREADPOOL_SIZE`).
   */
  readonly concurrency?: number;
  /** That may wait, 0 to 10,000. Default 64, which is some seconds at most. */
  readonly maxWaiting?: number;
  /** Told of stored hashes that are refused. Default: a JSON line on stderr. */
  readonly onEvent?: EventSink;
}

export interface WaitOptions {
  /** Leaves the queue when aborted; a hash that is under way ends by itself. */
  readonly signal?: AbortSignal;
}

export interface PasswordHasher {
  /**
   * Gives the PHC string to store. It applies no rules: see `createPasswordRules`.
   * @throws {TenantryError} `SIGN_IN_BUSY`; `PASSWORD_WEAK` over 1,024 bytes, where nothing is cut off
   */
  hash(password: string, options?: WaitOptions): Promise<string>;
  /**
   * Whether it is the password. For null (no such account, or one without a password), and for a stored
   * hash or a password that is not acceptable, it does the work of a hash of today's cost and says no.
   * @throws {TenantryError} `SIGN_IN_BUSY`
   */
  verify(password: string, phc: string | null, options?: WaitOptions): Promise<boolean>;
  /** Whether to hash again, at a sign-in that went well: the stored hash has another cost than today's. */
  needsRehash(phc: string): boolean;
}

/**
 * Hashes passwords with argon2id (RFC 9106).
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createPasswordHasher(
  options: PasswordHasherOptions = {},
  argon2: Argon2 = nativeArgon2,
): PasswordHasher {
  const { concurrency = defaultConcurrency(), maxWaiting = 64, onEvent = logEvents } = options;
  const cost = checkCost(options);
  const queue = new WorkQueue({
    concurrency: checkWhole("`concurrency`", concurrency, 1, 256),
    maxWaiting: checkWhole("`maxWaiting`", maxWaiting, 0, 10_000),
  });
  const decoy = makeDecoy(cost);

  return {
    async hash(password, { signal } = {}) {
      const normal = normalPassword(password);
      if (normal === null) throw unusable();
      return await queue.run(() => argon2.hash(normal, cost), signal);
    },
    async verify(password, phc, { signal } = {}) {
      const normal = normalPassword(password);
      const sound = phc !== null && readStoredHash(phc, cost) !== null;
      if (phc !== null && !sound) reportRefused(onEvent);
      const [against, asked] = sound && normal !== null ? [phc, normal] : [decoy, normal ?? ""];
      const fits = await queue.run(() => argon2.verify(against, asked), signal);
      return fits && against !== decoy;
    },
    needsRehash(phc) {
      const stored = readStoredHash(phc, cost);
      return stored === null || JSON.stringify(stored) !== JSON.stringify(cost);
    },
  };
}

function unusable(): TenantryError {
  const problem = `It has more than ${mostPasswordBytes} bytes, or is no proper text.`;
  return new TenantryError("PASSWORD_WEAK", {
    message: `A password cannot be hashed: ${problem}`,
    fix: "Have another one chosen; check it by the rules first.",
    problems: [problem],
  });
}

function reportRefused(events: EventSink): void {
  emitEvent(events, {
    type: "password.hash-refused",
    severity: "warning",
    message: "A stored password hash is no argon2id hash of acceptable cost; it was not verified.",
  });
}
