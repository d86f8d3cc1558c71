import type { SourceMutant } from "./source-mutants.js";

/**
 * Faults of the Prisma extension. Each is killed by a case of test/conformance/prisma, by its name,
 * with row security switched off: so nothing but the extension is left to hold. In whose scope a
 * statement runs shows with row security only.
 */
export const prismaMutants: readonly SourceMutant[] = [
  {
    name: "a filter of many rows is not held to the tenant",
    file: "scoping/where.ts",
    changes: [["model.isTenant ? { AND: [given, tenantCondition(work)] } : given", "given"]],
    killedBy: "lists rows",
  },
  {
    name: "the tenant is one condition among others",
    file: "scoping/where.ts",
    changes: [
      ["? { AND: [given, tenantCondition(work)] }", "? { OR: [given, tenantCondition(work)] }"],
    ],
    killedBy: "finds nothing by another tenant's values",
  },
  {
    name: "undefined passes in a filter",
    file: "scoping/where.ts",
    changes: [[`assertDefined(where, "where");`, ""]],
    killedBy: "refuses a filter with something undefined in it",
  },
  {
    name: "undefined is looked for at the top only",
    file: "plain.ts",
    changes: [["} else if (isFields(value)) {", "} else if (depth < 0 && isFields(value)) {"]],
    killedBy: "refuses a filter with something undefined in it",
  },
  {
    name: "a global model is filtered by rows of all tenants",
    file: "scoping/where.ts",
    changes: [[`if (relation.kind !== "fromGlobal") return wanted;`, "return wanted;"]],
    killedBy: "filters a global model by its own rows",
  },
  {
    name: "every row of all tenants counts for a global model",
    file: "scoping/where.ts",
    changes: [["{ OR: [wanted, { NOT: own }] }", "wanted"]],
    killedBy: "filters a global model by its own rows",
  },
  {
    name: "any relation is used",
    file: "scoping/where.ts",
    changes: [
      [`if (relation.kind !== "unknown") return;`, `if (relation.kind !== "none") return;`],
    ],
    killedBy: "refuses relations whose key does not carry the tenant",
  },
  {
    name: "any key between tenants' models is taken to carry the tenant",
    file: "schema/data-model.ts",
    changes: [
      ["fields.some((name, i) => name === field && references[i] === field)", "fields.length > 0"],
    ],
    killedBy: "refuses relations whose key does not carry the tenant",
  },
  {
    name: "a key is not held to the tenant",
    file: "scoping/unique.ts",
    changes: [["return { ...given, AND: [...before, tenantCondition(work)] };", "return given;"]],
    killedBy: "finds no row by another tenant's id",
  },
  {
    name: "a key that names any tenant passes for the tenant's own",
    file: "scoping/unique.ts",
    changes: [["fields[work.data.field] === work.tenantId", "work.data.field in fields"]],
    killedBy: "finds no row by another tenant's id",
  },
  {
    name: "a value that is unique among all tenants is not held to the tenant",
    file: "scoping/unique.ts",
    changes: [["return { ...given, AND: [...before, tenantCondition(work)] };", "return given;"]],
    killedBy: "takes no row over by a value that is unique among all tenants",
  },
  {
    name: "a relation may be given another tenant's row",
    file: "scoping/unique.ts",
    changes: [
      ["if (work.data.field in fields) assertOwn(work, model, fields[work.data.field]);", ""],
      ["return uniqueWhere(work, model, given);", "return given;"],
    ],
    killedBy: "creates no row under another tenant's",
  },
  {
    name: "a cursor may be another tenant's row",
    file: "scoping/unique.ts",
    changes: [
      [
        `    assertOwn(work, model, fields[work.data.field]);
  }
  return filled;`,
        `    void fields;
  }
  return filled;`,
      ],
    ],
    killedBy: "refuses cursors that are not this tenant's",
  },
  {
    name: "a cursor may be any key",
    file: "scoping/unique.ts",
    changes: [
      ["compounds.length === 0 || compounds.length !== Object.keys(given).length", "false"],
    ],
    killedBy: "refuses cursors that are not this tenant's",
  },
  {
    name: "a global model brings rows of all tenants along",
    file: "scoping/read.ts",
    changes: [[`const held = relation.kind === "fromGlobal";`, "const held = false;"]],
    killedBy: "reads its own rows through a global model",
  },
  {
    name: "a global model counts rows of all tenants",
    file: "scoping/read.ts",
    changes: [
      ["? { where: scopedWhere(work, target, where) }", "? { where: filter(work, target, where) }"],
    ],
    killedBy: "reads its own rows through a global model",
  },
  {
    name: "a global model is ordered by rows of all tenants",
    file: "scoping/read.ts",
    changes: [
      [
        `if (relation.kind === "fromGlobal") throw unscopable(relation);
      return orderBy`,
        "return orderBy",
      ],
    ],
    killedBy: "refuses to order a global model by what tenants have",
  },
  {
    name: "arguments that are not known pass",
    file: "scoping/read.ts",
    changes: [
      [
        "const part = Object.hasOwn(parts, name) ? parts[name] : undefined;",
        "const part = parts[name] ?? asGiven;",
      ],
    ],
    killedBy: "refuses what it does not know",
  },
  {
    name: "the tenant is not filled in",
    file: "scoping/write.ts",
    changes: [["{ ...scoped, ...tenantCondition(work) }", "scoped"]],
    killedBy: "creates a row of its own",
  },
  {
    name: "a new row may be another tenant's",
    file: "scoping/write.ts",
    changes: [
      ["if (model.isTenant && tenant !== undefined) assertOwn(work, model, tenant);", ""],
      ["{ ...scoped, ...tenantCondition(work) }", "{ ...tenantCondition(work), ...scoped }"],
    ],
    killedBy: "creates no row of another tenant",
  },
  {
    name: "a row may be moved to another tenant",
    file: "scoping/write.ts",
    changes: [[`assertOwn(work, model, isFields(tenant) ? tenant["set"] : tenant);`, ""]],
    killedBy: "moves no rows to another tenant",
  },
  {
    name: "a nested row may be another tenant's",
    file: "scoping/write.ts",
    changes: [
      ["holdsKey ? createData(work, target, item) : childData(work, target, item)", "item"],
    ],
    killedBy: "creates no nested parent for another tenant",
  },
  {
    name: "a global row is changed through a relation",
    file: "scoping/write.ts",
    changes: [["relation.holdsKey ? onGlobal : {}", "onTenant"]],
    killedBy: "refuses writes to global models",
  },
  {
    name: "a global row is changed",
    file: "operations.ts",
    changes: [
      ["if (operation.writes && !model.isTenant) {", "if (operation.writes && model === null) {"],
    ],
    killedBy: "refuses writes to global models",
  },
  {
    name: "no filter is every row",
    file: "operations.ts",
    changes: [["const whole =", "const whole = false &&"]],
    killedBy: "deletes its own rows",
  },
  {
    name: "raw SQL passes",
    file: "raw-sql.ts",
    changes: [["if (open.getStore() !== undefined) return;", "if (open !== undefined) return;"]],
    killedBy: "refuses raw SQL",
  },
  {
    name: "all scopes gather together",
    file: "scope-batches.ts",
    changes: [
      ["loaders.get(scope)", "loaders.get(apart as never)"],
      ["loaders.set(scope, ", "loaders.set(apart as never, "],
    ],
    killedBy: "keeps what several tenants ask in one turn apart",
  },
  {
    name: "the extension leaves Prisma's gathering as it is",
    file: "extension.ts",
    changes: [["    keepScopesApart(client);\n", ""]],
    killedBy: "keeps what several tenants ask in one turn apart",
  },
];
