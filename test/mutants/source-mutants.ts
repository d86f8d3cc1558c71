import type { Changes } from "./source-copy.js";

/** A copy of `src` with one thing wrong in it, and the probe that must notice. */
export interface SourceMutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly changes: Changes;
  /** A probe of source-probes.ts. */
  readonly killedBy: string;
}

export const sourceMutants: readonly SourceMutant[] = [
  {
    name: "the scope is set for the session",
    file: "database/session/wire.ts",
    changes: [["'tenantry.scope', $1, true)", "'tenantry.scope', $1, false)"]],
    killedBy: "nothing-stays-on-the-session",
  },
  {
    name: "the seal travels as a literal",
    file: "database/session/wire.ts",
    changes: [
      [
        "serialize.bind({ statement: statement.name, values: [seal] }),",
        "serialize.parse({ text: `select set_config('tenantry.scope', '${seal}', true)`, name: '', types: [] }), serialize.bind({}),",
      ],
    ],
    killedBy: "no-seal-is-to-be-seen",
  },
  {
    name: "a statement alone gets no scope",
    file: "database/session/session.ts",
    changes: [[`if (enter !== null || before === "idle") {`, `if (enter !== null) {`]],
    killedBy: "each-tenant-sees-its-own-rows",
  },
  {
    name: "a transaction gets no scope",
    file: "database/session/session.ts",
    changes: [
      [`if (enter !== null || before === "idle") {`, `if (enter === null && before === "idle") {`],
    ],
    killedBy: "each-tenant-sees-its-own-rows",
  },
  {
    name: "a seal is kept without its tenant",
    file: "core/seal/seal-source.ts",
    changes: [
      ["made.get(tenantId)", `made.get("")`],
      ["made.set(tenantId,", `made.set("",`],
    ],
    killedBy: "each-tenant-sees-its-own-rows",
  },
  {
    name: "a seal is used again for ever",
    file: "core/seal/seal-source.ts",
    changes: [["left > lifetimeSeconds / 2 && left <= lifetimeSeconds", "left <= lifetimeSeconds"]],
    killedBy: "seals-are-renewed",
  },
  {
    name: "the status after a unit is not looked at",
    file: "database/session/session.ts",
    changes: [
      [`if (idleAfter && status !== "I") return (this.#leftOpen = this.#breakOff(error));`, ""],
    ],
    killedBy: "a-transaction-left-open-is-noticed",
  },
  {
    name: "units behind one that left a transaction open are acknowledged",
    file: "database/session/session.ts",
    changes: [
      [
        "if (this.#leftOpen !== null) return this.#leftOpen;",
        "if (this.#leftOpen !== null) return error;",
      ],
    ],
    killedBy: "only-what-was-committed-is-acknowledged",
  },
  {
    name: "a connection with an open transaction is fit",
    file: "database/session/session.ts",
    changes: [
      [
        `return this.#transaction === "idle" ? null :`,
        `return this.#transaction !== "failed" ? null :`,
      ],
    ],
    killedBy: "a-transaction-left-open-goes-to-nobody",
  },
  {
    name: "release(false) keeps an unfit connection",
    file: "database/pool/scoped-pool.ts",
    changes: [["release(error || (unfit", "release(error ?? (unfit"]],
    killedBy: "a-transaction-left-open-goes-to-nobody",
  },
  {
    name: "a tainted connection is fit",
    file: "database/session/session.ts",
    changes: [["if (kind.taints) this.#taint();", ""]],
    killedBy: "settings-do-not-carry-over",
  },
  {
    name: "nothing is refused",
    file: "database/session/session.ts",
    changes: [["throw refused(kind.what, kind.fix);", "break;"]],
    killedBy: "what-outlives-its-scope-is-refused",
  },
  {
    name: "large objects are let through",
    file: "database/statement/classify.ts",
    changes: [["lo_[a-z0-9_]+|loread|lowrite", "loread|lowrite"]],
    killedBy: "what-outlives-its-scope-is-refused",
  },
  {
    name: "comments are not passed over",
    file: "database/statement/leading-words.ts",
    changes: [
      [
        `else if (sign === "/" && text[at + 1] === "*")`,
        `else if (sign === "/" && text[at + 1] === "/")`,
      ],
    ],
    killedBy: "what-outlives-its-scope-is-refused",
  },
  {
    name: "a callback runs outside of its caller's context",
    file: "database/pool/scoped-client.ts",
    changes: [
      [
        "const bound = AsyncResource.bind(callback);",
        "const bound: Callback = (...given) => outside.runInAsyncScope(callback, null, ...given);",
      ],
      ["type Callback =", `const outside = new AsyncResource("outside");\n\ntype Callback =`],
    ],
    killedBy: "callbacks-run-in-their-callers-context",
  },
  {
    name: "a connection serves whoever holds it",
    file: "database/pool/scoped-client.ts",
    changes: [
      ["if (session.lease !== null && leased === tenantId)", "if (session.lease !== null)"],
    ],
    killedBy: "a-connection-serves-one-scope",
  },
  {
    name: "a connection serves its old holder after its release",
    file: "database/pool/scoped-client.ts",
    changes: [
      [
        "if (session.lease !== null && leased === tenantId) return session.lease;",
        "if (session.lease === null || leased === tenantId) return session.lease ?? { scope: currentScope() };",
      ],
    ],
    killedBy: "a-connection-serves-one-scope",
  },
  {
    name: "COMMIT of a failed transaction counts",
    file: "database/pool/transaction.ts",
    changes: [[`if (command === "COMMIT") return;`, "if (command !== null) return;"]],
    killedBy: "only-what-was-committed-is-acknowledged",
  },
  {
    name: "a transaction may be ended from inside",
    file: "database/pool/transaction.ts",
    changes: [[`assertInside(typeof statement === "string" ? statement : statement.text);`, ""]],
    killedBy: "only-what-was-committed-is-acknowledged",
  },
  {
    name: "statements that are pushed out are not closed",
    file: "database/statement/statement-cache.ts",
    changes: [
      [
        `if (reason === "evict" && statement.state !== "absent") this.#toClose.push(statement.name);`,
        "",
      ],
    ],
    killedBy: "prepared-statements-are-bounded",
  },
  {
    name: "any number may wait",
    file: "database/pool/scoped-pool.ts",
    changes: [
      ["if (this.waitingCount - free >= maxWaiting) {", "if (this.waitingCount - free >= 1e9) {"],
    ],
    killedBy: "the-queue-is-bounded",
  },
  {
    name: "any number of units share a connection",
    file: "database/pool/carriers.ts",
    changes: [["session.inFlight >= this.depth", "session.inFlight >= 1e9"]],
    killedBy: "a-connection-carries-its-depth",
  },
  {
    name: "an operator has all the time there is",
    file: "database/operator/operator.ts",
    changes: [["}, unit.ttl * 1000);", "}, unit.ttl * 1_000_000);"]],
    killedBy: "operator-work-ends-in-time",
  },
  {
    name: "every purpose has the same key",
    file: "core/seal/key-ring.ts",
    changes: [["`tenantry/seal/v1/${purpose}`", "`tenantry/seal/v1/database`"]],
    killedBy: "a-seal-opens-for-its-purpose",
  },
  {
    name: "a MAC is not compared",
    file: "core/seal/seal.ts",
    changes: [["if (!timingSafeEqual(", "if (false && !timingSafeEqual("]],
    killedBy: "a-seal-opens-for-its-purpose",
  },
  {
    name: "any object is a scope",
    file: "core/scope.ts",
    changes: [["shared().issuedScopes.has(value)", "shared() !== undefined"]],
    killedBy: "a-scope-cannot-be-made-up",
  },
  {
    name: "a tenant's work may start another's",
    file: "core/context.ts",
    changes: [
      [
        "outer.scope.tenant.id !== scope.tenant.id && !options.nested",
        "outer.scope.tenant.id === options.nested",
      ],
    ],
    killedBy: "a-change-of-tenant-is-refused",
  },
  {
    name: "operator work keeps the caller's tenant",
    file: "database/operator/operator.ts",
    changes: [
      [
        "runAsOperator(operator, () => work(",
        "((_: unknown, go: () => Promise<T>) => go())(runAsOperator, () => work(",
      ],
    ],
    killedBy: "operator-work-has-no-tenant",
  },
  {
    name: "what is kept per scope is everyone's",
    file: "core/per-scope.ts",
    changes: [
      ["  return () => {", "  let first: TenantScope | undefined;\n  return () => {"],
      ["const scope = currentScope();", "const scope = (first ??= currentScope());"],
    ],
    killedBy: "what-is-kept-per-scope-is-the-scopes",
  },
  {
    name: "what is kept per scope is the tenant's",
    file: "core/per-scope.ts",
    changes: [
      ["new WeakMap<TenantScope, {", "new Map<string, {"],
      ["made.get(scope)", "made.get(scope.tenant.id)"],
      ["made.set(scope, ", "made.set(scope.tenant.id, "],
    ],
    killedBy: "what-is-kept-per-scope-is-the-scopes",
  },
  {
    name: "what is kept per scope is made for each call",
    file: "core/per-scope.ts",
    changes: [["    made.set(scope, { value });\n", ""]],
    killedBy: "what-is-kept-per-scope-is-the-scopes",
  },
  {
    name: "without a scope the last one's is handed out",
    file: "core/per-scope.ts",
    changes: [
      ["  return () => {", "  let last: TenantScope | undefined;\n  return () => {"],
      [
        "const scope = currentScope();",
        "let scope: TenantScope;\n    try {\n      scope = last = currentScope();\n    } catch (error) {\n      if (last === undefined) throw error;\n      scope = last;\n    }",
      ],
    ],
    killedBy: "nothing-is-kept-where-there-is-no-scope",
  },
];
