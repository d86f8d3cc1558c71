import type { SourceMutant } from "./source-mutants.js";

/** Mutants of passwords, e-mail addresses, mail and sign-in attempts; `killedBy` is of password-probes.ts. */
export const passwordMutants: readonly SourceMutant[] = [
  {
    name: "an unknown account costs nothing",
    file: "identity/password/hasher.ts",
    changes: [
      [
        "      const normal = normalPassword(password);\n      const sound",
        "      if (phc === null) return false;\n      const normal = normalPassword(password);\n      const sound",
      ],
    ],
    killedBy: "unknown-costs-what-wrong-does",
  },
  {
    name: "a decoy is cheaper than a hash",
    file: "identity/password/hasher.ts",
    changes: [["makeDecoy(cost)", "makeDecoy({ ...cost, passes: 1 })"]],
    killedBy: "unknown-costs-what-wrong-does",
  },
  {
    name: "a password that is too long costs nothing",
    file: "identity/password/hasher.ts",
    changes: [
      [
        "      const sound = phc",
        "      if (normal === null) return false;\n      const sound = phc",
      ],
    ],
    killedBy: "unknown-costs-what-wrong-does",
  },
  {
    name: "the empty password stands in for one that is too long",
    file: "identity/password/hasher.ts",
    changes: [["sound && normal !== null ? [phc, normal]", `sound ? [phc, normal ?? ""]`]],
    killedBy: "only-the-whole-password-fits",
  },
  {
    name: "a password is cut off",
    file: "identity/password/normal-form.ts",
    changes: [
      [
        " || Buffer.byteLength(normal) > mostPasswordBytes) return null;\n  return normal;",
        ") return null;\n  return normal.slice(0, 72);",
      ],
    ],
    killedBy: "only-the-whole-password-fits",
  },
  {
    name: "a password has no bound",
    file: "identity/password/normal-form.ts",
    changes: [[" || Buffer.byteLength(normal) > mostPasswordBytes", ""]],
    killedBy: "a-long-password-is-refused",
  },
  {
    name: "halves of surrogate pairs are one",
    file: "identity/password/normal-form.ts",
    changes: [["/\\p{Surrogate}/u.test(normal) || ", ""]],
    killedBy: "only-the-whole-password-fits",
  },
  {
    name: "a password is hashed as it was typed",
    file: "identity/password/normal-form.ts",
    changes: [[`password.normalize("NFC")`, "password"]],
    killedBy: "a-password-fits-from-every-keyboard",
  },
  {
    name: "passwords that only look alike are one",
    file: "identity/password/normal-form.ts",
    changes: [[`password.normalize("NFC")`, `password.normalize("NFKC")`]],
    killedBy: "only-the-whole-password-fits",
  },
  {
    name: "the memory of a stored hash is believed",
    file: "identity/password/stored-hash.ts",
    changes: [["memoryKib <= Math.max(mostCost.memoryKib, own.memoryKib) &&", ""]],
    killedBy: "a-stored-hash-is-bounded",
  },
  {
    name: "the passes of a stored hash are believed",
    file: "identity/password/stored-hash.ts",
    changes: [["passes <= Math.max(mostCost.passes, own.passes) &&", ""]],
    killedBy: "a-stored-hash-is-bounded",
  },
  {
    name: "the lanes of a stored hash are believed",
    file: "identity/password/stored-hash.ts",
    changes: [["parallelism <= Math.max(mostCost.parallelism, own.parallelism) &&", ""]],
    killedBy: "a-stored-hash-is-bounded",
  },
  {
    name: "the queue for hashing has no end",
    file: "identity/password/work-queue.ts",
    changes: [["if (this.#waiting.size >= this.#settings.maxWaiting)", "if (this.#running < 0)"]],
    killedBy: "hashing-is-bounded",
  },
  {
    name: "any number are hashed at once",
    file: "identity/password/work-queue.ts",
    changes: [["if (this.#running < this.#settings.concurrency)", "if (this.#running >= 0)"]],
    killedBy: "hashing-is-bounded",
  },
  {
    name: "who came last is hashed first",
    file: "identity/password/work-queue.ts",
    changes: [["const [next] = this.#waiting;", "const next = [...this.#waiting].at(-1);"]],
    killedBy: "hashing-is-in-order",
  },
  {
    name: "who gave up keeps a place in the queue",
    file: "identity/password/work-queue.ts",
    changes: [["        this.#waiting.delete(turn);\n        // eslint", "        // eslint"]],
    killedBy: "who-gives-up-leaves",
  },
  {
    name: "work that fails keeps its place",
    file: "identity/password/work-queue.ts",
    changes: [
      [
        "return await work();\n    } finally {",
        "const done = await work();\n      this.#pass();\n      return done;\n    } finally {",
      ],
      ["      this.#pass();\n    }\n  }", "    }\n  }"],
    ],
    killedBy: "failed-work-gives-its-place-back",
  },
  {
    name: "a password's length is counted in UTF-16",
    file: "identity/password/rules.ts",
    changes: [["[...normal].length < least", "normal.length < least"]],
    killedBy: "weak-passwords-are-refused",
  },
  {
    name: "8 characters are enough without a second factor",
    file: "identity/password/rules.ts",
    changes: [["secondFactorRequired ? 8 : 15", "secondFactorRequired ? 8 : 8"]],
    killedBy: "weak-passwords-are-refused",
  },
  {
    name: "the account's name is a password",
    file: "identity/password/rules.ts",
    changes: [[`emailAddress?.split("@")[0]`, "undefined"]],
    killedBy: "weak-passwords-are-refused",
  },
  {
    name: "names are found in lower case only",
    file: "identity/password/context-words.ts",
    changes: [[`.normalize("NFKC").toLowerCase()`, `.normalize("NFKC")`]],
    killedBy: "weak-passwords-are-refused",
  },
  {
    name: "control characters are let through",
    file: "identity/password/rules.ts",
    changes: [["[\\p{Cc}\\p{Cs}", "[\\p{Cs}"]],
    killedBy: "weak-passwords-are-refused",
  },
  {
    name: "a breach is not asked for",
    file: "identity/password/rules.ts",
    changes: [["found.length > 0 || isBreached === undefined", "found.length >= 0"]],
    killedBy: "breached-passwords-are-refused",
  },
  {
    name: "a range service sees the whole hash",
    file: "identity/password/breached.ts",
    changes: [["lookUp(sha1.slice(0, 5), signal)", "lookUp(sha1, signal)"]],
    killedBy: "a-range-service-sees-five-digits",
  },
  {
    name: "padding counts as a breach",
    file: "identity/password/breached.ts",
    changes: [[" && Number(count) !== 0", ""]],
    killedBy: "a-range-service-sees-five-digits",
  },
  {
    name: "a hook that fails stops a sign-up",
    file: "identity/password/breach-check.ts",
    changes: [["    return false;\n  } finally", "    throw error;\n  } finally"]],
    killedBy: "an-outage-stops-no-sign-up",
  },
  {
    name: "a hook has all the time there is",
    file: "identity/password/breach-check.ts",
    changes: [
      ["await Promise.race([asked, late])", "await Promise.race([asked, late.catch(() => asked)])"],
    ],
    killedBy: "an-outage-stops-no-sign-up",
  },
  {
    name: "an account's key tells case apart",
    file: "identity/email/email-address.ts",
    changes: [["`${localPart.toLowerCase()}@", "`${localPart}@"]],
    killedBy: "a-mailbox-has-one-key",
  },
  {
    name: "a domain's key is as it was typed",
    file: "identity/email/email-address.ts",
    changes: [["? domain : null", "? typed : null"]],
    killedBy: "a-mailbox-has-one-key",
  },
  {
    name: "a look-alike in an address is mended",
    file: "identity/email/email-address.ts",
    // Two guards: the form of the whole, and the domain's way there and back.
    changes: [
      [`address.normalize("NFKC") !== address`, "address === null"],
      ["lower === domain || lower === domainToUnicode(domain) ? domain", "lower !== null ? domain"],
    ],
    killedBy: "odd-addresses-are-refused",
  },
  {
    name: "a domain that does not come back is taken",
    file: "identity/email/email-address.ts",
    changes: [
      ["lower === domain || lower === domainToUnicode(domain) ? domain", "lower !== null ? domain"],
    ],
    killedBy: "odd-addresses-are-refused",
  },
  {
    name: "invisible characters are let through",
    file: "identity/email/email-address.ts",
    changes: [
      ["/[\\p{C}\\p{Z}]/u.test(address)", "address === null"],
      ["dotAtom.test(localPart)", 'dotAtom.test(localPart.replace(/[\\p{C}]/gu, ""))'],
    ],
    killedBy: "odd-addresses-are-refused",
  },
  {
    name: "two @ are no harm",
    file: "identity/email/email-address.ts",
    changes: [["typedDomain === undefined || rest.length > 0", "typedDomain === undefined"]],
    killedBy: "odd-addresses-are-refused",
  },
  {
    name: "an address has no bound",
    file: "identity/email/email-address.ts",
    changes: [
      ["key.length > longestAddress || Buffer.byteLength(address) > longestAddress", "false"],
    ],
    killedBy: "odd-addresses-are-refused",
  },
  {
    name: "a line break in a subject is let through",
    file: "identity/mail/check-message.ts",
    changes: [[" || /[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Cs}]/u.test(subject)", ""]],
    killedBy: "headers-are-one-line",
  },
  {
    name: "any text is a recipient",
    file: "identity/mail/check-message.ts",
    changes: [["if (!isAddress(to))", "if (!isText(to, 254))"]],
    killedBy: "headers-are-one-line",
  },
  {
    name: "an outbox keeps everything",
    file: "identity/mail/outbox.ts",
    changes: [[".slice(-keep)", ""]],
    killedBy: "an-outbox-is-bounded",
  },
  {
    name: "each spelling of an account has its own attempts",
    file: "identity/attempts/counter-key.ts",
    changes: [["value.trim().toLowerCase()", "value"]],
    killedBy: "an-account-has-its-attempts",
  },
  {
    name: "a counter is named after its account",
    file: "identity/attempts/counter-key.ts",
    changes: [["part: mac }", "part: value }"]],
    killedBy: "no-account-stands-in-a-store",
  },
  {
    name: "each IPv6 address has its own attempts",
    file: "identity/attempts/counter-key.ts",
    changes: [["return `${[a, b, c, d]", "return `${[a, b, c, d, ...parsed.parts.slice(4)]"]],
    killedBy: "a-network-has-its-attempts",
  },
  {
    name: "an attempt is counted when it has failed",
    file: "identity/attempts/counter.ts",
    changes: [
      [
        "await store.add(key, 1);",
        "await new Promise<void>((r) => setTimeout(r, 5)).then(() => store.add(key, 0));\n  setTimeout(() => void store.add(key, 1), 10);",
      ],
    ],
    killedBy: "attempts-at-once-get-no-more",
  },
  {
    name: "one failure too many is let through",
    file: "identity/attempts/counter.ts",
    changes: [["taken > failures", "taken > failures + 1"]],
    killedBy: "an-account-has-its-attempts",
  },
  {
    name: "a sign-in forgives its address",
    file: "identity/attempts/sign-in-attempts.ts",
    changes: [[`by === "account" ? one.forgive() : one.giveBack()`, "one.forgive()"]],
    killedBy: "a-sign-in-forgives-its-account-alone",
  },
  {
    name: "a sign-in forgives nothing",
    file: "identity/attempts/sign-in-attempts.ts",
    changes: [[`by === "account" ? one.forgive() : one.giveBack()`, "one.giveBack()"]],
    killedBy: "a-sign-in-forgives-its-account-alone",
  },
  {
    name: "sign-ins at once leave more attempts than there were",
    file: "identity/attempts/counter.ts",
    changes: [["if (tooMuch > 0)", "if (tooMuch > 1_000)"]],
    killedBy: "sign-ins-at-once-give-no-more",
  },
  {
    name: "a store that is away lets attempts pass",
    file: "identity/attempts/sign-in-attempts.ts",
    changes: [
      [
        "await takeFrom(store, keyOf(by, value), allowance);",
        "await takeFrom(store, keyOf(by, value), allowance).catch(() => null);\n        if (one === null) continue;",
      ],
    ],
    killedBy: "what-cannot-be-counted-does-not-pass",
  },
];
