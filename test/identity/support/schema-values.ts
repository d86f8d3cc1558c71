import fc from "fast-check";

/** As much of JSON Schema as our descriptions have. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly not?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
}

/** What a database, a log or a regular expression may stumble over. */
const oddTexts = [
  ...[
    "a",
    "\0",
    "\u0001",
    "\ud800",
    "\udfff",
    "\u00e9",
    "\u202e",
    "\ufeff",
    "'",
    '"',
    "\\",
    "%00",
    "%",
  ],
  ...[
    "x@example.test",
    "owner",
    "members:read",
    "projects:read",
    "acme",
    "-",
    " ",
    "\n",
    "\r\nx: y",
  ],
  ...["x@example.test", "y+z@example.test", "a\0b@example.test", "\u00e9@example.test", "@", "a@b"],
  ...["__proto__", "constructor", "{}", "[]", "null", "undefined", "NaN", "'; drop table x; --"],
  ...["2030-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "https://evil.test/"],
];

/** Values that a schema takes, with odd texts wherever it takes any. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.type === "object") return objectsOf(schema);
  if (schema.type === "array") {
    // Known ones more often than not, for else nothing goes on from there.
    const items = fc.oneof(
      valuesOf(schema.items!),
      fc.constant("projects:read"),
      fc.constant("members:read"),
    );
    return fc.array(items, { minLength: schema.minItems ?? 0, maxLength: 4 });
  }
  if (schema.type === "integer" || schema.type === "number") {
    return fc.constantFrom(0, 1, -1, 60, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1);
  }
  if (schema.type === "boolean") return fc.boolean();
  return textsOf(schema);
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const possible = Object.entries(properties).filter(([, each]) => each.not === undefined);
  const fields = Object.fromEntries(possible.map(([name, each]) => [name, valuesOf(each)]));
  return fc.record(fields, { requiredKeys: [...required] });
}

function textsOf({ minLength = 0, maxLength = 40, pattern }: Schema): fc.Arbitrary<string> {
  const long = fc.constantFrom("a".repeat(maxLength), "\u00e9".repeat(maxLength));
  const texts = fc.oneof(
    fc.constantFrom(...oddTexts),
    fc.string({ unit: "binary", maxLength: 20 }),
    long,
  );
  const known = fc.constantFrom(
    "owner",
    "viewer",
    "A".repeat(43),
    "2030-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
  );
  const all = pattern === undefined ? texts : fc.oneof(texts, known);
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, "u").test(text));
  return pattern === undefined
    ? all.filter(fits)
    : fc.oneof(known.filter(fits), fc.constant("app")).filter(fits);
}

/** The same with something wrong about it, most of the time. */
export function nearly(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const name = fc.constantFrom(
    ...[
      "email",
      "password",
      "token",
      "role",
      "status",
      "tenant",
      "name",
      "permissions",
      "expiresAt",
    ],
    ...[
      "overlapSeconds",
      "grant_type",
      "code",
      "client_id",
      "redirect_uri",
      "audience",
      "extra",
      "constructor",
    ],
  );
  const value = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      1,
      1.5,
      true,
      "",
      "x",
      [],
      {},
      ["x"],
      "a".repeat(5_000),
      "active",
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const changed = fc
    .tuple(values, name, value)
    .map(([given, key, other]) => ({ ...(given as object), [key]: other }));
  const dropped = fc.tuple(values, fc.nat(5)).map(([given, at]) => {
    const entries = Object.entries(given as object);
    return Object.fromEntries(
      entries.filter((_, index) => index !== at % Math.max(1, entries.length)),
    );
  });
  return fc.oneof(values, changed, changed, dropped, fc.jsonValue({ maxDepth: 2 }));
}
