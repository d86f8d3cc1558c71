import { checkWhole } from "../../core/check-whole.js";
import { TenantryError } from "../../core/tenantry-error.js";

/**
 * What hashing one password takes. The defaults are of the OWASP Password Storage Cheat Sheet: of its
 * equal choices the one that most machines have room for.
 */
export interface HashCost {
  /** Memory in KiB, of all lanes together: 7,168 to 1,048,576. Default 19,456 (19 MiB). */
  readonly memoryKib: number;
  /** Passes over that memory: 1 to 20. Default 2. */
  readonly passes: number;
  /** Lanes, which change the hash: 1 to 16. Default 1, as other sign-ins use the other processors. */
  readonly parallelism: number;
}

/** The least of OWASP's equal choices is 7,168 KiB in 5 passes. */
const leastWork = 7_168 * 5;

/** @throws {TenantryError} `CONFIG_INVALID`, also where it is less work than OWASP's least */
export function checkCost(given: Partial<HashCost>): HashCost {
  const { memoryKib = 19_456, passes = 2, parallelism = 1 } = given;
  checkWhole("`memoryKib`", memoryKib, 7_168, 1_048_576);
  checkWhole("`passes`", passes, 1, 20);
  checkWhole("`parallelism`", parallelism, 1, 16);
  if (memoryKib * passes < leastWork) {
    throw new TenantryError("CONFIG_INVALID", {
      message: `${memoryKib} KiB in ${passes} passes is too little work for a password.`,
      fix: "Pass 19456 KiB in 2 passes, 47104 in 1, 12288 in 3, 7168 in 5, or more.",
    });
  }
  return { memoryKib, passes, parallelism };
}
