import type { Rule, Severity } from "../report/finding.js";

function rule(id: string, name: string, severity: Severity, title: string, meaning: string): Rule {
  return { id, name, severity, title, meaning };
}

/** What the probe can find. Ids are never used for another thing. */
export const rules = {
  foreignRead: rule(
    "P1",
    "foreign-id-read",
    "critical",
    "Another tenant's record is answered by its id",
    "Whoever knows or guesses an id of another tenant reads its record.",
  ),
  foreignWrite: rule(
    "P2",
    "foreign-id-write",
    "critical",
    "Another tenant's record can be changed by its id",
    "Whoever knows or guesses an id of another tenant changes its record, or adds to it.",
  ),
  foreignDelete: rule(
    "P3",
    "foreign-id-delete",
    "critical",
    "Another tenant's record can be deleted by its id",
    "Whoever knows or guesses an id of another tenant deletes its record.",
  ),
  existence: rule(
    "P4",
    "existence-oracle",
    "medium",
    "The answer tells a foreign id from one that never existed",
    "By status, body or headers anyone can find out which ids other tenants have: how many customers, orders or users there are, and which of them are worth attacking.",
  ),
  timing: rule(
    "P5",
    "timing-oracle",
    "medium",
    "The time taken tells a foreign id from one that never existed",
    "The answers are alike, but one of them takes measurably longer: whoever asks often enough learns which ids other tenants have.",
  ),
  list: rule(
    "P6",
    "list-leak",
    "critical",
    "An answer holds another tenant's data",
    "A list, a search, an export or a cached answer shows what belongs to another tenant, without any foreign id being named.",
  ),
  filter: rule(
    "P7",
    "filter-leak",
    "critical",
    "A filter or search reaches another tenant's data",
    "A query parameter with a foreign id, or a search for a foreign text, answers with what belongs to another tenant, or differently from one that matches nothing.",
  ),
  reference: rule(
    "P8",
    "foreign-reference",
    "high",
    "A record can refer to another tenant's record",
    "A body that names a foreign id is accepted: the new record hangs on another tenant's, and joins, counts, cascades and expansions cross the border.",
  ),
  batch: rule(
    "P9",
    "batch-leak",
    "critical",
    "A list of ids is checked only in part",
    "One foreign id among one's own is read or changed with them.",
  ),
  form: rule(
    "P10",
    "id-form",
    "critical",
    "Another spelling of the id or the request passes the check",
    "A foreign id is refused as it is, but not encoded twice, in another place, or under another method.",
  ),
  claim: rule(
    "P11",
    "tenant-claim-trusted",
    "critical",
    "The tenant is taken from what the client says",
    "A header, query parameter, cookie or body field that anybody can write decides whose data is used.",
  ),
  host: rule(
    "P12",
    "host-confusion",
    "critical",
    "Another host in the request changes the tenant",
    "The service believes a Host, an absolute URL or a forwarding header over the credentials: a token of one tenant opens another.",
  ),
  credentials: rule(
    "P13",
    "credentials-not-checked",
    "critical",
    "Tenant data is answered without valid credentials",
    "No token, a changed token or one without a signature is as good as the right one.",
  ),
  mixed: rule(
    "P14",
    "mixed-credentials",
    "medium",
    "Signals of two tenants in one request are accepted",
    "A request that names one tenant by its host or cookie and another by its token is served instead of refused: which one wins may differ from layer to layer.",
  ),
  caching: rule(
    "P15",
    "cacheable-answer",
    "medium",
    "A tenant's answer may be stored by shared caches",
    "Without `Cache-Control: private` or `no-store` a proxy or CDN may keep a tenant's answer and give it to others.",
  ),
  origin: rule(
    "P16",
    "origin-reflected",
    "high",
    "Any web site may read answers with the user's cookies",
    "`Access-Control-Allow-Origin` repeats a foreign origin and credentials are allowed: any page that a user visits reads their tenant's data.",
  ),
  errorText: rule(
    "P17",
    "error-detail",
    "medium",
    "An error shows what is inside",
    "SQL, constraint names, values or stack traces in an error help an attacker, and `DETAIL` may hold another tenant's row.",
  ),
  unique: rule(
    "P18",
    "unique-across-tenants",
    "medium",
    "A value that another tenant has is refused",
    "Creating a record fails where another tenant has one of the same name: anyone can test which names, addresses or domains other tenants have.",
  ),
  planted: rule(
    "P19",
    "planted-record",
    "critical",
    "A record can be planted in another tenant",
    "A create or update that names another tenant puts the sender's data where the other tenant sees it.",
  ),
  uncovered: rule(
    "P20",
    "route-not-covered",
    "medium",
    "A route could not be tried",
    "Nothing is known of its isolation: the probe had no id for it, or could not use it as anyone.",
  ),
  undescribed: rule(
    "P21",
    "route-not-described",
    "low",
    "A route answers that the description does not have",
    "What no description names no review, gateway or test looks at.",
  ),
} as const;

export type RuleName = keyof typeof rules;
