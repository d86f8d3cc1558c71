import { expect, it } from "vitest";
import { isTenantryError } from "../../../core/tenantry-error.js";
import { scopeArguments } from "../operations.js";
import { classifyModels, type TenantryPrismaOptions } from "../options.js";
import type { RuntimeModel } from "./client.js";
import { buildDataModel } from "./data-model.js";
import { parseSchema } from "./parse-schema.js";

const schema = `
/// model Fake { id Int @id }
model Country {
  code String @id @default("} // \\" @@id([no])")
  orders Order[]
}
/* model Gone {
  id Int @id
} */
model Order {
  tenantId String @db.Uuid // @id
  id       Int
  parentId Int?
  countryCode String
  parent   Order?  @relation("tree", fields: [tenantId, parentId],
    references: [tenantId, id])
  children Order[] @relation("tree")
  country  Country @relation(references: [code], fields: [countryCode])
  tags     Tag[]

  @@id([tenantId, id(sort: Desc)], name: "key", map: "orders_pk")
  @@unique(fields: [tenantId, countryCode])
}
model Tag {
  tenantId String
  id       Int
  orders   Order[]
  @@id([tenantId, id])
}
`;

const relation = (name: string, type: string, relationName: string) => ({
  name,
  kind: "object",
  type,
  relationName,
});
const scalars = (...names: string[]) =>
  names.map((name) => ({ name, kind: "scalar", type: "String" }));

const runtime: Record<string, RuntimeModel> = {
  Country: { fields: [...scalars("code"), relation("orders", "Order", "CountryToOrder")] },
  Order: {
    fields: [
      ...scalars("tenantId", "id", "parentId", "countryCode"),
      relation("parent", "Order", "tree"),
      relation("children", "Order", "tree"),
      relation("country", "Country", "CountryToOrder"),
      relation("tags", "Tag", "OrderToTag"),
    ],
  },
  Tag: { fields: [...scalars("tenantId", "id"), relation("orders", "Order", "OrderToTag")] },
};

const options: TenantryPrismaOptions = { tenantModels: "all", globalModels: ["Country"] };
const build = (given: TenantryPrismaOptions = options, text = schema, models = runtime) =>
  buildDataModel(classifyModels(given, Object.keys(models)), models, parseSchema(text));

const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return isTenantryError(error) ? error.code : error;
  }
};

it("reads keys, relations and lists past comments, strings and line breaks", () => {
  const parsed = parseSchema(schema);
  expect([...parsed.keys()]).toEqual(["Country", "Order", "Tag"]);
  expect(parsed.get("Country")!.id).toEqual(["code"]);
  const order = parsed.get("Order")!;
  expect(order.id).toEqual(["tenantId", "id"]);
  expect(Object.fromEntries(order.compounds)).toEqual({
    key: ["tenantId", "id"],
    tenantId_countryCode: ["tenantId", "countryCode"],
  });
  expect(Object.fromEntries(order.foreignKeys)).toEqual({
    parent: { fields: ["tenantId", "parentId"], references: ["tenantId", "id"] },
    country: { fields: ["countryCode"], references: ["code"] },
  });
  expect([...order.lists]).toEqual(["children", "tags"]);
});

it("tells relations that carry the tenant from those that do not", () => {
  const kinds = (name: string) =>
    Object.fromEntries([...build().model(name).relations].map(([key, { kind }]) => [key, kind]));
  expect(kinds("Order")).toEqual({
    parent: "carried",
    children: "carried",
    country: "global",
    tags: "unknown",
  });
  expect(kinds("Country")).toEqual({ orders: "fromGlobal" });
  expect(kinds("Tag")).toEqual({ orders: "unknown" });
});

it.each<[string, () => unknown]>([
  ["a model without a class", () => build({ tenantModels: ["Order"], globalModels: ["Country"] })],
  [
    "a model with two",
    () => build({ tenantModels: ["Order", "Tag", "Country"], globalModels: ["Country"] }),
  ],
  ["a model that is not there", () => build({ ...options, globalModels: ["Country", "Nation"] })],
  ["no list of models", () => build({} as TenantryPrismaOptions)],
  ["a tenants' model without the field", () => build({ tenantModels: "all" })],
  ["another field than there is", () => build({ ...options, field: "orgId" })],
  [
    "an id without the tenant",
    () => build(options, schema.replace("@@id([tenantId, id])", "@@id([id])")),
  ],
  ["a schema that says nothing of a model", () => build(options, "")],
])("refuses %s", (_, work) => {
  expect(codeOf(work)).toBe("CONFIG_INVALID");
});

it("fills the tenant in where Prisma has a place for it, and refuses the form that has none", () => {
  const data = build();
  const create = (given: object) =>
    codeOf(() =>
      scopeArguments({ data, tenantId: "t" }, data.model("Order"), "create", { data: given }),
    );
  expect(create({ id: 1, countryCode: "NL" })).toEqual({
    data: { id: 1, countryCode: "NL", tenantId: "t" },
  });
  const parent = { connect: { key: { id: 1 } } };
  expect(create({ id: 2, parent })).toEqual({
    data: {
      id: 2,
      parent: { connect: { key: { tenantId: "t", id: 1 } } },
    },
  });
  expect(create({ id: 3, country: { connect: { code: "NL" } } })).toBe("STATEMENT_REFUSED");
  expect(create({ id: 3, tags: { connect: { id: 1 } } })).toBe("STATEMENT_REFUSED");
});

it("refuses an operation that is not in its table", () => {
  const data = build();
  const order = data.model("Order");
  for (const name of ["findRaw", "aggregateRaw", "constructor", "somethingNew"]) {
    expect(codeOf(() => scopeArguments({ data, tenantId: "t" }, order, name, {}))).toBe(
      "STATEMENT_REFUSED",
    );
  }
});

it("adds the tenant to a key that does not say it, beside what was there", () => {
  const data = build();
  const unique = (where: object) =>
    scopeArguments({ data, tenantId: "t" }, data.model("Order"), "findUnique", { where });
  const AND = { countryCode: "NL" };
  const own = { key: { tenantId: "t", id: 1 }, AND };
  expect(unique(own)).toEqual({ where: own });
  const other = { key: { tenantId: "u", id: 1 } };
  expect(unique({ ...other, AND })).toEqual({ where: { ...other, AND: [AND, { tenantId: "t" }] } });
  expect(unique({ ...other, OR: [{ tenantId: "t" }] })).toEqual({
    where: { ...other, OR: [{ tenantId: "t" }], AND: [{ tenantId: "t" }] },
  });
});
