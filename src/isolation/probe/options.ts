import type { Suppression } from "../manifest/manifest.js";
import { parseIdentity, type IdentityInput } from "./identity/identity-file.js";
import type { Identity } from "./identity/identity.js";
import { parseBaseUrl } from "./identity/target.js";
import { columns, type Column } from "./ledger.js";
import { unusable } from "./problem.js";
import type { RouteSources } from "./routes/load.js";

export interface ProbeOptions extends RouteSources {
  /** As `http://127.0.0.1:3000` or `https://app.localhost/api`. */
  readonly baseUrl: string;
  /** Two or more, of two or more tenants; `${NAME}` in their values is taken from `env`. */
  readonly identities: readonly IdentityInput[];
  /** Only these routes: `GET /projects/{id}`, `* /projects*`, or a part of the path. Default all. */
  readonly only?: readonly string[];
  /** Routes to leave alone, in the same way. */
  readonly skip?: readonly string[];
  /** Only these columns of the matrix. Default all. */
  readonly attacks?: readonly Column[];
  /** Default 40; 0 leaves timing out; fewer than 20 prove nothing. */
  readonly timingSamples?: number;
  /** Default 20,000. */
  readonly maxRequests?: number;
  /** Default 900. */
  readonly maxSeconds?: number;
  /** Requests a second. Default: 20 where the target is another machine, as fast as it answers otherwise. */
  readonly rate?: number;
  /** Makes a run repeat another. Default: random, and told in the report. */
  readonly seed?: number;
  /** Changes and deletes what the probe did not make, too. Default false. */
  readonly destructive?: boolean;
  /** Host names other than this machine's that you own and may attack. Default none. */
  readonly ownedTargets?: readonly string[];
  /** Headers that might name the tenant, besides the usual ones. */
  readonly tenantHeaders?: readonly string[];
  readonly suppressions?: readonly Suppression[];
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the run; what was made is deleted before it throws. */
  readonly signal?: AbortSignal;
  /** Told of each step. */
  readonly onStep?: (step: string) => void;
}

export const usualTenantHeaders = [
  "X-Tenant-Id",
  "X-Tenant",
  "X-Organization-Id",
  "X-Org-Id",
  "X-Workspace-Id",
  "X-Account-Id",
  "X-Customer-Id",
];

/** @throws {TenantryError} `CONFIG_INVALID` */
export function attacksOf({
  attacks = columns,
}: Pick<ProbeOptions, "attacks">): ReadonlySet<Column> {
  const unknown = attacks.find((each) => !columns.includes(each));
  if (unknown === undefined) return new Set(attacks);
  throw unusable(
    `There is no attack ${JSON.stringify(unknown)}.`,
    `There are: ${columns.join(", ")}.`,
  );
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function identitiesOf({
  baseUrl,
  identities,
  env = process.env,
}: ProbeOptions): readonly Identity[] {
  const all = identities.map((each, index) => {
    const file = parseIdentity(each, `number ${index + 1}`, env);
    const { baseUrl: own, role = "", ...rest } = file;
    return { ...rest, role, baseUrl: parseBaseUrl(own ?? baseUrl) };
  });
  const twice = all.find(
    ({ name }, index) => all.findIndex((each) => each.name === name) !== index,
  );
  if (twice !== undefined)
    throw unusable(
      `Two identities are called ${JSON.stringify(twice.name)}.`,
      "Give each a name of its own.",
    );
  if (new Set(all.map(({ tenant }) => tenant)).size < 2) {
    throw unusable(
      "The identities are of fewer than two tenants.",
      "Give --as at least twice, with identities of different tenants.",
    );
  }
  return all;
}

/**
 * Whether a route fits one of the patterns: with a method the whole name, `*` standing for anything; without,
 * a part of the path.
 */
export function fitsAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    if (!/^[A-Z]+ /.test(pattern) && !pattern.includes("*")) return name.includes(pattern);
    return new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "i").test(name);
  });
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
