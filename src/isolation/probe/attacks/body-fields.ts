import { flatten, typeOf, type Schema } from "../bodies/schema.js";
import { namesTenant } from "../things/names-tenant.js";
import { nounOfReference } from "../things/nouns.js";
import type { Bout } from "./bout.js";

/** A field of a body that names another record. */
export interface ReferenceField {
  readonly name: string;
  readonly noun: string;
  /** Takes a list of ids. */
  readonly many: boolean;
}

/** The fields by which a route's bodies refer to things that are known. */
export function referencesIn(bout: Bout, body: unknown): readonly ReferenceField[] {
  const schema = bout.route.body?.schema ?? null;
  const described = Object.entries(schema === null ? {} : (flatten(schema).properties ?? {}));
  const present = Object.entries(isRecord(body) ? body : {}).map(
    ([name, value]) => [name, schemaLike(value)] as const,
  );
  const all = new Map<string, Schema>([...present, ...described]);
  return [...all].flatMap(([name, property]) => {
    const many = typeOf(flatten(property)) === "array";
    const noun = many && /^ids$/i.test(name) ? nounOfRoute(bout) : nounOfReference(name);
    if (noun === null || namesTenant(bout.run.things, name)) return [];
    return bout.run.things.nouns.includes(noun) ? [{ name, noun, many }] : [];
  });
}

/** `/projects/batch` is about projects. */
function nounOfRoute({ route, run }: Bout): string | null {
  const words = route.template
    .split("/")
    .filter((word) => word !== "" && !word.includes("{"))
    .reverse();
  return (
    words
      .map((word) =>
        run.things.nouns.find(
          (noun) => word.toLowerCase().replace(/s$/, "") === noun || word.toLowerCase() === noun,
        ),
      )
      .find((noun) => noun !== undefined) ?? null
  );
}

function schemaLike(value: unknown): Schema {
  return Array.isArray(value) ? { type: "array" } : { type: typeof value };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An id as the body has others: a number where it is one and the field takes numbers. */
export function asField(id: string, like: unknown): unknown {
  return typeof like === "number" && /^\d+$/.test(id) ? Number(id) : id;
}
