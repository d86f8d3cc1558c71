import { BadRequest } from "./bad-request.js";

const statuses = ["planned", "active", "done"] as const;

export interface ProjectFields {
  readonly name?: string;
  readonly description?: string;
  readonly status?: (typeof statuses)[number];
}

/** Reads a body of POST or PATCH. @throws {BadRequest} */
export function projectFields(body: unknown): ProjectFields {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new BadRequest("Send a JSON object, with Content-Type: application/json.");
  }
  const { name, description, status, ...others } = body as Record<string, unknown>;
  if (Object.keys(others).length > 0) {
    throw new BadRequest("A project has the fields name, description and status, and no other.");
  }
  return {
    ...(name === undefined ? {} : { name: nameOf(name) }),
    ...(description === undefined ? {} : { description: textOf("description", description, 2000) }),
    ...(status === undefined ? {} : { status: statusOf(status) }),
  };
}

function nameOf(value: unknown): string {
  const name = textOf("name", value, 120).trim();
  if (name === "") throw new BadRequest("`name` is empty.");
  return name;
}

function textOf(field: string, value: unknown, longest: number): string {
  // Counted as PostgreSQL counts, by code points.
  if (typeof value === "string" && [...value].length <= longest && isStorable(value)) return value;
  throw new BadRequest(`\`${field}\` is not a text of at most ${longest} characters.`);
}

/** PostgreSQL stores neither NUL nor half of a surrogate pair. */
function isStorable(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

function statusOf(value: unknown): (typeof statuses)[number] {
  const status = statuses.find((known) => known === value);
  if (status !== undefined) return status;
  throw new BadRequest(`\`status\` is none of: ${statuses.join(", ")}.`);
}
