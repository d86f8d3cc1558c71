/** A hole in PostgreSQL that bears on isolation, and the releases that closed it. */
export interface Hole {
  readonly name: string;
  /** The first major release that has it; undefined: all that are read. */
  readonly since?: number;
  /** As `[18, 7]`: the first release of each major that is mended. What is newer than all is mended. */
  readonly fixed: readonly (readonly [major: number, minor: number])[];
}

export const upsertBeforePolicies: Hole = {
  name: "CVE-2026-120154",
  fixed: [
    [18, 7],
    [17, 12],
    [16, 16],
    [15, 20],
    [14, 25],
  ],
};

/** @param server as server_version_num: 180004 */
export function isOpen({ since = 0, fixed }: Hole, server: number): boolean {
  const major = Math.floor(server / 10_000);
  const minor = server % 10_000;
  if (major < since) return false;
  const own = fixed.find(([each]) => each === major);
  if (own !== undefined) return minor < own[1];
  // A major that is older than every mended one never got the mend.
  return fixed.every(([each]) => major < each);
}

/** The release to go to, as `18.7`. */
export function mendedIn({ fixed }: Hole, server: number): string {
  const major = Math.floor(server / 10_000);
  const [ownMajor, ownMinor] = fixed.find(([each]) => each === major) ?? fixed[0]!;
  return `${ownMajor}.${ownMinor}`;
}

/** PostgreSQL 13 is the oldest that is read; holes that were closed before it are left out. */
export const statisticsOfHiddenRows: Hole = {
  name: "CVE-2025-8713",
  fixed: [
    [17, 6],
    [16, 10],
    [15, 14],
    [14, 19],
    [13, 22],
  ],
};

export const policiesOfAnotherRole: Hole = {
  name: "CVE-2024-10976",
  fixed: [
    [17, 1],
    [16, 5],
    [15, 9],
    [14, 14],
    [13, 17],
  ],
};

export const extendedStatistics: Hole = {
  name: "CVE-2024-4317",
  since: 14,
  fixed: [
    [16, 3],
    [15, 7],
    [14, 12],
  ],
};

export const mergeWithoutPolicies: Hole = {
  name: "CVE-2023-39418",
  since: 15,
  fixed: [[15, 4]],
};

export const inlinedPolicies: Hole = {
  name: "CVE-2023-2455",
  fixed: [
    [15, 3],
    [14, 8],
    [13, 11],
  ],
};
