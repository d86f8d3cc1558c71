import type { Manifest } from "../manifest/manifest.js";
import type { IdentityInput } from "../probe/identity/identity-file.js";
import type { SubjectOptions } from "../subject/subject.js";

export interface ChecklistOptions extends SubjectOptions {
  readonly manifest?: Manifest;
  /** The URL of the database; of a login that may read the catalogs. */
  readonly database?: string;
  /** Of a login that may create tenants, for `write`. Default: `database`. */
  readonly operatorDatabase?: string;
  /** Where pg-boss's tables are, if not in `database`. */
  readonly jobsDatabase?: string;
  /** Where the service is, as `http://127.0.0.1:3000`. */
  readonly baseUrl?: string;
  /** Hosts of tenants, as `acme.localhost`; two of two tenants say more than one. */
  readonly hosts?: readonly string[];
  /** Who to ask as, where the route wants to know: as for `probe`. */
  readonly identities?: readonly IdentityInput[];
  /** A path that answers with what is the tenant's own. Default `/`. */
  readonly route?: string;
  /** Host names other than this machine's that you own and may send odd requests to. Default none. */
  readonly ownedTargets?: readonly string[];
  /** The folder of the service's source. */
  readonly repository?: string;
  /** As `redis://127.0.0.1:6379/0`; only read. */
  readonly redis?: string;
  /** Where audit events are kept, as `public.audit_log`. Default: told by names. */
  readonly auditTable?: string;
  /** These items only, as `["K4"]`. Default all. */
  readonly only?: readonly string[];
  /** Milliseconds in which the service has to hear of a change in the registry. Default 5,000. */
  readonly hearWithin?: number;
  /** Create, suspend and archive a tenant of its own in the registry. Default false. */
  readonly write?: boolean;
  /** Default: `process.env`; for `${NAME}` in identities. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Told of each item. */
  readonly onStep?: (step: string) => void;
}
