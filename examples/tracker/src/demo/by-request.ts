import { idOnlyOf, markOf, type DemoTenant } from "../seed/tenants.js";
import type { Attack } from "./attack.js";

export interface RequestTargets {
  readonly own: DemoTenant;
  readonly other: DemoTenant;
  readonly otherId: string;
}

const notFound = { status: 404, body: "NOT_FOUND" };
/** Nobody's, and far from anybody's. */
const randomId = 1_740_226_951;

export function idAttacks({ own, other }: RequestTargets): readonly Attack[] {
  const leak = markOf(other);
  const theirs = idOnlyOf(other, own);
  const json = { "content-type": "application/json" };
  const rename = JSON.stringify({ name: "Taken over" });
  return [
    {
      id: "same-id",
      title: "Read a project by an id that both have",
      tries: `Project 1 exists here and at ${other.name}.`,
      outcome: "An id means something only within its tenant: this is your own project 1.",
      request: { method: "GET", path: "/api/projects/1" },
      leak,
      expected: { status: 200, body: markOf(own) },
    },
    {
      id: "their-id",
      title: `Read a project that only ${other.name} has`,
      tries: `Project ${theirs} is ${other.name}'s alone. Beside it an id is asked for that nobody has.`,
      outcome:
        "The two answers are the same, header for header, so they do not tell which ids exist.",
      request: { method: "GET", path: `/api/projects/${theirs}` },
      control: { method: "GET", path: `/api/projects/${randomId}` },
      leak,
      expected: notFound,
    },
    {
      id: "their-id-rename",
      title: "Rename it",
      tries: `PATCH of ${other.name}'s project ${theirs}, and of an id that nobody has.`,
      outcome: "Nothing is found, so nothing is changed.",
      request: { method: "PATCH", path: `/api/projects/${theirs}`, headers: json, body: rename },
      control: { method: "PATCH", path: `/api/projects/${randomId}`, headers: json, body: rename },
      leak,
      expected: notFound,
    },
    {
      id: "their-id-delete",
      title: "Delete it",
      tries: `DELETE of ${other.name}'s project ${theirs}, and of an id that nobody has.`,
      outcome: "Nothing is found, so nothing is deleted.",
      request: { method: "DELETE", path: `/api/projects/${theirs}` },
      control: { method: "DELETE", path: `/api/projects/${randomId}` },
      leak,
      expected: notFound,
    },
  ];
}

/** Whatever names a tenant beside the host. */
export function claimAttacks({ own, other, otherId }: RequestTargets): readonly Attack[] {
  const leak = markOf(other);
  return [
    {
      id: "tenant-header",
      title: "Ask for another tenant in a header",
      tries: `X-Tenant-Id with ${other.name}'s id.`,
      outcome: "No such header is read. The answer is your own projects.",
      request: { method: "GET", path: "/api/projects", headers: { "x-tenant-id": otherId } },
      leak,
      expected: { status: 200, body: markOf(own) },
    },
    {
      id: "forwarded-host",
      title: "Pretend that a proxy said so",
      tries: `X-Forwarded-Host with ${other.name}'s host.`,
      outcome: "Only proxies that are listed are believed, and none is. Your own projects again.",
      request: {
        method: "GET",
        path: "/api/projects",
        headers: { "x-forwarded-host": `${other.slug}.localhost` },
      },
      leak,
      expected: { status: 200, body: markOf(own) },
    },
    {
      id: "tenant-in-body",
      title: "Write a project into another tenant",
      tries: `PATCH of your own project 1 with ${other.name}'s tenant_id.`,
      outcome: "The API knows no such field; the database would refuse the row as well.",
      request: {
        method: "PATCH",
        path: "/api/projects/1",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ tenant_id: otherId }),
      },
      leak,
      expected: { status: 400, body: "REQUEST_INVALID" },
    },
  ];
}
