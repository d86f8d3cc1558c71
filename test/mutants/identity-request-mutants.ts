import type { SourceMutant } from "./source-mutants.js";

const reader = "identity/request/request-reader.ts";

/** Faults in how identity reads its requests; the probes are those of identity-http-probes.ts. */
export const identityRequestMutants: readonly SourceMutant[] = [
  {
    name: "a token is good on every tenant's host",
    file: reader,
    changes: [["await byBoth.resolve(request);", "await byCredential.resolve(request);"]],
    killedBy: "a-token-is-of-the-hosts-tenant",
  },
  {
    name: "a key may do what a member may",
    file: reader,
    changes: [
      [
        'if (credential?.kind !== "access-token") throw tokenInvalid("a key is no member");',
        'if (credential?.kind !== "access-token") return { tenant: tenantIn(resolution), claims: { accountId: "x" } as never };',
      ],
    ],
    killedBy: "a-key-is-no-member",
  },
  {
    name: "another tenant's key is told from one that never was",
    file: reader,
    changes: [
      [
        'if (!isTenantryError(error, "TENANT_MISMATCH")) throw error;',
        "if (isTenantryError(error)) throw error;",
      ],
    ],
    killedBy: "a-key-is-of-the-hosts-tenant",
  },
  {
    name: "anybody says where he calls from",
    file: "identity/request/client-address.ts",
    changes: [["if (!isTrusted(remoteAddress)) return remoteAddress;", ""]],
    killedBy: "an-address-is-the-peers",
  },
  {
    name: "the state of a sign-in is not compared",
    file: "identity/authorization/sign-in-transaction.ts",
    changes: [["if (!timingSafeEqual(hash(kept.state), hash(state))) return null;", ""]],
    killedBy: "a-state-is-of-its-sign-in",
  },
  {
    name: "a sign-in is of any host",
    file: "identity/authorization/sign-in-transaction.ts",
    changes: [
      [
        'sealText(keys, "sign-in", host, JSON.stringify(kept))',
        'sealText(keys, "sign-in", "any.test", JSON.stringify(kept))',
      ],
      [
        'openText(keys, "sign-in", host, Buffer.from(value, "base64url"))',
        'openText(keys, "sign-in", "any.test", Buffer.from(value, "base64url"))',
      ],
    ],
    killedBy: "a-sign-in-is-of-its-host",
  },
  {
    name: "the path to go back to is as it came",
    file: "identity/authorization/sign-in-transaction.ts",
    changes: [["returnTo: safeReturnPath(returnTo),", "returnTo: String(returnTo),"]],
    killedBy: "the-way-back-stays-on-the-host",
  },
];
