import type { ErrorDescription } from "./error-description.js";

/** The errors of `audit`, `prove`, `adopt`, `probe` and the linters, for the one registry in `errors.ts`. */
export const proofErrorCodes = {
  MANIFEST_INVALID: {
    status: 500,
    title: "Internal error",
    meaning: "A manifest file is missing, malformed, or leaves a question open.",
  },
  PROOF_IMPOSSIBLE: {
    status: 500,
    title: "Internal error",
    meaning: "An audit, a proof or a migration plan could not be made at all.",
  },
  ISOLATION_BROKEN: {
    status: 500,
    title: "Internal error",
    meaning: "A proof that a test asked for found a way from one tenant to another.",
  },
} as const satisfies Record<string, ErrorDescription>;
