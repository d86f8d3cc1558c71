import type * as AttemptsModule from "../../src/identity/attempts/sign-in-attempts.js";
import type * as EmailModule from "../../src/identity/email/email-address.js";
import type * as CheckModule from "../../src/identity/mail/check-message.js";
import type * as OutboxModule from "../../src/identity/mail/outbox.js";
import type * as BreachedModule from "../../src/identity/password/breached.js";
import type * as HasherModule from "../../src/identity/password/hasher.js";
import type * as RulesModule from "../../src/identity/password/rules.js";
import { nativeArgon2, type Argon2 } from "../../src/identity/password/argon2.js";
import { tally } from "../limits/support/scopes.js";

/** A copy of the sources. */
export interface PasswordCopy {
  readonly hasher: typeof HasherModule;
  readonly rules: typeof RulesModule;
  readonly breached: typeof BreachedModule;
  readonly email: typeof EmailModule;
  readonly message: typeof CheckModule;
  readonly outbox: typeof OutboxModule;
  readonly attempts: typeof AttemptsModule;
}

const least = { memoryKib: 7_168, passes: 5, onEvent: () => undefined };
const password = "correct horse battery";
const secret = "a secret of 32 bytes or a few more";
const serviceName = "Tenantry";
const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed",
    (error: { code?: unknown; name: string }) =>
      typeof error.code === "string" ? error.code : error.name,
  );
const all = (values: readonly boolean[]) => values.every((value) => value);

/** Notes what would be verified, and does not: a hash that is believed could take gigabytes. */
function noted(): { readonly asked: string[]; readonly argon2: Argon2 } {
  const asked: string[] = [];
  const verify = async (phc: string) => {
    asked.push(/m=\d+,t=\d+,p=\d+/.exec(phc)?.[0] ?? "");
    return false;
  };
  return { asked, argon2: { hash: (...given) => nativeArgon2.hash(...given), verify } };
}

/** Hashing that ends when it is told to. */
function held() {
  const ends: (() => void)[] = [];
  const started: string[] = [];
  const work = async (given: string): Promise<void> => {
    started.push(given);
    await new Promise<void>((resolve) => void ends.push(resolve));
  };
  const argon2: Argon2 = {
    hash: (given) => work(given).then(() => ""),
    verify: (_, given) => work(given).then(() => false),
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  return { argon2, started, settle, endNext: () => (ends.shift()?.(), settle()) };
}

const ada = { account: "ada@example.com", address: "10.0.0.1" };
const attemptsOf = (
  { attempts }: PasswordCopy,
  options: Partial<AttemptsModule.SignInAttemptsOptions> = {},
) =>
  attempts.createSignInAttempts({
    secret,
    account: [{ failures: 3, within: 60 }],
    onEvent: () => undefined,
    ...options,
  });

/** Each is true where the copy does what it should. */
export const passwordProbes: Readonly<Record<string, (copy: PasswordCopy) => Promise<boolean>>> = {
  async "unknown-costs-what-wrong-does"({ hasher }) {
    const { asked, argon2 } = noted();
    const tested = hasher.createPasswordHasher(least, argon2);
    const phc = await tested.hash(password);
    await tested.verify("wrong", phc);
    await tested.verify("wrong", null);
    await tested.verify("a".repeat(2_000), phc);
    await tested.verify("wrong", "no hash");
    return same(asked, Array(4).fill("m=7168,t=5,p=1"));
  },

  async "only-the-whole-password-fits"({ hasher }) {
    const tested = hasher.createPasswordHasher(least);
    const cases = [
      ["a".repeat(100), `${"a".repeat(99)}b`],
      ["\ufffd and a few more", "\ud800 and a few more"],
      ["x\u00b2 and a few more", "x2 and a few more"],
      ["", "a".repeat(2_000)],
    ] as const;
    for (const [right, wrong] of cases) {
      const phc = await tested.hash(right);
      if (!(await tested.verify(right, phc)) || (await tested.verify(wrong, phc))) return false;
    }
    return true;
  },

  async "a-long-password-is-refused"({ hasher, rules }) {
    const long = "é".repeat(513);
    const found = await rules.createPasswordRules({ serviceName }).problems(long);
    const outcome = await codeOf(hasher.createPasswordHasher(least).hash(long));
    return found.length === 1 && outcome === "PASSWORD_WEAK";
  },

  async "a-password-fits-from-every-keyboard"({ hasher }) {
    const tested = hasher.createPasswordHasher(least);
    return await tested.verify("cafe\u0301 au lait", await tested.hash("caf\u00e9 au lait"));
  },

  async "a-stored-hash-is-bounded"({ hasher }) {
    const { asked, argon2 } = noted();
    const tested = hasher.createPasswordHasher(least, argon2);
    const phc = await tested.hash(password);
    for (const cost of ["m=4194304,t=2,p=1", "m=19456,t=900,p=1", "m=19456,t=2,p=255"]) {
      await tested.verify(password, phc.replace(/m=[^$]*/, cost));
    }
    return same(asked, Array(3).fill("m=7168,t=5,p=1"));
  },

  async "hashing-is-bounded"({ hasher }) {
    const { argon2, started, settle, endNext } = held();
    const options = { ...least, concurrency: 2, maxWaiting: 3 };
    const tested = hasher.createPasswordHasher(options, argon2);
    const outcomes: string[] = [];
    for (let i = 0; i < 9; i++) {
      void codeOf(tested.verify("wrong", null)).then((outcome) => outcomes.push(outcome));
    }
    await settle();
    const [atOnce, refused] = [started.length, tally(outcomes)];
    for (let i = 0; i < 9; i++) await endNext();
    return (
      atOnce === 2 &&
      same(refused, { SIGN_IN_BUSY: 4 }) &&
      same(tally(outcomes), { SIGN_IN_BUSY: 4, passed: 5 })
    );
  },

  async "hashing-is-in-order"({ hasher }) {
    const { argon2, started, endNext } = held();
    const tested = hasher.createPasswordHasher({ ...least, concurrency: 1 }, argon2);
    const names = ["a", "b", "c", "d"];
    const done = names.map((name) => tested.verify(name, null));
    for (let i = 0; i < names.length; i++) await endNext();
    await Promise.all(done);
    return same(started, names);
  },

  async "who-gives-up-leaves"({ hasher }) {
    const { argon2, endNext } = held();
    const options = { ...least, concurrency: 1, maxWaiting: 1 };
    const tested = hasher.createPasswordHasher(options, argon2);
    const controller = new AbortController();
    const first = codeOf(tested.verify("a", null));
    const second = codeOf(tested.verify("b", null, { signal: controller.signal }));
    controller.abort();
    const third = codeOf(tested.verify("c", null));
    for (let i = 0; i < 3; i++) await endNext();
    return same(await Promise.all([first, second, third]), ["passed", "AbortError", "passed"]);
  },

  async "failed-work-gives-its-place-back"({ hasher }) {
    const argon2: Argon2 = {
      hash: () => Promise.reject(new RangeError("boom")),
      verify: async () => false,
    };
    const options = { ...least, concurrency: 1, maxWaiting: 0 };
    const tested = hasher.createPasswordHasher(options, argon2);
    const outcomes = [await codeOf(tested.hash("a")), await codeOf(tested.verify("a", null))];
    return same(outcomes, ["RangeError", "passed"]);
  },

  async "weak-passwords-are-refused"({ rules }) {
    const tested = rules.createPasswordRules({ serviceName });
    const owner = { emailAddress: "ada.lovelace@example.com" };
    const weak = [
      "q".repeat(14),
      "\u{1f642}".repeat(8),
      "ADA.LOVELACE 1815",
      "ada.lovelace 1815",
      "TENANTRY-tenantry-1",
      `${password}\u0007`,
    ];
    for (const one of weak) if ((await tested.problems(one, owner)).length === 0) return false;
    return (await tested.problems(password, owner)).length === 0;
  },

  async "breached-passwords-are-refused"({ rules }) {
    const tested = rules.createPasswordRules({ serviceName, isBreached: () => true });
    return (await tested.problems(password)).length === 1;
  },

  async "a-range-service-sees-five-digits"({ breached }) {
    const sha1 = breached.sha1Of(password);
    const { signal } = new AbortController();
    const seen: string[] = [];
    const ask = (count: number) =>
      breached.breachedByRange(async (prefix) => {
        seen.push(prefix);
        return `${sha1.slice(5)}:${count}\r\n`;
      })(sha1, signal);
    return (
      same([await ask(3), await ask(0)], [true, false]) && all(seen.map((x) => x.length === 5))
    );
  },

  async "an-outage-stops-no-sign-up"({ rules }) {
    const hooks = [
      () => Promise.reject(new Error("away")),
      () => new Promise<boolean>(() => undefined),
    ];
    for (const isBreached of hooks) {
      const options = { serviceName, isBreached, breachTimeout: 20, onEvent: () => undefined };
      const asked = rules.createPasswordRules(options).problems(password);
      const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 3_000));
      if (!same(await Promise.race([asked, late]), [])) return false;
    }
    return true;
  },

  async "a-mailbox-has-one-key"({ email }) {
    const spelled = ["ada@münchen.de", "ADA@MÜNCHEN.DE", "Ada@xn--mnchen-3ya.de"];
    const keys = spelled.map((text) => email.parseEmailAddress(text).key);
    return all(keys.map((key) => key === "ada@xn--mnchen-3ya.de"));
  },

  async "odd-addresses-are-refused"({ email }) {
    const odd = [
      "ada@ⓔxample.com",
      "ada@exam\u00adple.com",
      "ada@example\u3002com",
      "a\u200bda@example.com",
      "ada@example.com@evil.example",
      `${"a".repeat(64)}@${"a.".repeat(96)}example`,
    ];
    return all(
      odd.map((text) => {
        try {
          email.parseEmailAddress(text);
          return false;
        } catch {
          return true;
        }
      }),
    );
  },

  async "headers-are-one-line"({ message }) {
    const sound = { to: "ada@example.com", subject: "Hello", text: "Hello", kind: "greeting" };
    const injected = "\r\nBcc: eve@example.com";
    return all(
      [{ subject: `Hello${injected}` }, { to: `ada@example.com${injected}` }].map((change) => {
        try {
          message.checkMessage({ ...sound, ...change });
          return false;
        } catch {
          return true;
        }
      }),
    );
  },

  async "an-outbox-is-bounded"({ outbox }) {
    const tested = outbox.createOutbox({ keep: 2, print: () => undefined });
    const message = { to: "ada@example.com", subject: "Hello", text: "Hello", kind: "greeting" };
    for (let i = 0; i < 5; i++) await tested.send(message);
    return tested.messages().length === 2;
  },

  async "an-account-has-its-attempts"(copy) {
    const attempts = attemptsOf(copy);
    const outcomes = [];
    for (const account of [ada.account, "ADA@example.com", "Ada@Example.Com", " ada@example.com"]) {
      outcomes.push(await codeOf(attempts.begin({ ...ada, account })));
    }
    return same(tally(outcomes), { passed: 3, SIGN_IN_LIMITED: 1 });
  },

  async "no-account-stands-in-a-store"(copy) {
    const seen: string[] = [];
    const add = async (key: unknown) => {
      seen.push(JSON.stringify(key));
      return { taken: 1, resetIn: 60_000 };
    };
    await attemptsOf(copy, { backend: { remote: false, open: () => ({ add }) } }).begin(ada);
    return seen.length > 1 && !/ada|example|10\.0/.test(seen.join());
  },

  async "a-network-has-its-attempts"(copy) {
    const attempts = attemptsOf(copy, { address: [{ failures: 2, within: 60 }] });
    const outcomes = [];
    for (let i = 0; i < 4; i++) {
      const from = { account: `user${i}@example.com`, address: `2001:db8::${i}` };
      outcomes.push(await codeOf(attempts.begin(from)));
    }
    return same(tally(outcomes), { passed: 2, SIGN_IN_LIMITED: 2 });
  },

  async "attempts-at-once-get-no-more"(copy) {
    const attempts = attemptsOf(copy);
    const outcomes = Array.from({ length: 20 }, () => codeOf(attempts.begin(ada)));
    return same(tally(await Promise.all(outcomes)), { passed: 3, SIGN_IN_LIMITED: 17 });
  },

  async "a-sign-in-forgives-its-account-alone"(copy) {
    const attempts = attemptsOf(copy, { address: [{ failures: 5, within: 60 }] });
    await attempts.begin(ada);
    await attempts.begin(ada);
    await (await attempts.begin(ada)).succeeded();
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await codeOf(attempts.begin(ada)));
    const victim = { ...ada, account: "bob@example.com" };
    outcomes.push(await codeOf(attempts.begin(victim)));
    // Of the address five: two failures, and three that were let through afterwards.
    return same(outcomes, [
      ...Array<string>(3).fill("passed"),
      "SIGN_IN_LIMITED",
      "SIGN_IN_LIMITED",
    ]);
  },

  async "sign-ins-at-once-give-no-more"(copy) {
    const attempts = attemptsOf(copy);
    const begun = await Promise.all([1, 2, 3].map(() => attempts.begin(ada)));
    await Promise.all(begun.map((attempt) => attempt.succeeded()));
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await codeOf(attempts.begin(ada)));
    return same(tally(outcomes), { passed: 3, SIGN_IN_LIMITED: 1 });
  },

  async "what-cannot-be-counted-does-not-pass"(copy) {
    const add = () => Promise.reject(new Error("away"));
    const attempts = attemptsOf(copy, { backend: { remote: true, open: () => ({ add }) } });
    return (await codeOf(attempts.begin(ada))) === "LIMIT_UNAVAILABLE";
  },
};
