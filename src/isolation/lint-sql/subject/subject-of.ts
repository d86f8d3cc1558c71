import type { Catalog } from "../../catalog/catalog.js";
import type { Relation } from "../../catalog/relation.js";
import type { Role } from "../../catalog/roles.js";
import type { Node } from "../../sql/parse.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import type { Model } from "../model/model.js";
import type { Table } from "../model/table.js";
import type { Tenancy } from "../model/tenancy.js";
import { functionOf } from "./function-of.js";
import { qualifier } from "./qualify.js";
import { relationOf, type Others } from "./relation-of.js";

/** What migrations make, as `tenantry audit` would read it from a database: so that one reader of policies serves both. */
export function subjectOf(model: Model, tenancy: Tenancy): Subject {
  const oids = new Map([...model.tables.keys()].map((name, index) => [name, index + 1]));
  const oidOf = (name: string) => oids.get(name) ?? 0;
  const expressions = new Map<string, Node>();
  const { qualify, strangers } = qualifier(model);
  const others: Others = {
    owner: ownerOid,
    oidOf,
    numbersIn: (name, columns) => numbersIn(model.tables.get(name), columns),
    keep(key, node) {
      if (node === undefined) return null;
      expressions.set(key, qualify(node));
      return key;
    },
  };
  const relations = new Map(
    [...model.tables.values()].map((table) => [
      oidOf(table.name),
      relationOf(withTenantColumn(table, tenancy), others),
    ]),
  );
  const functions = [...model.functions.values()].map((made, index) =>
    functionOf(made, index + 1, ownerOid),
  );
  return {
    catalog: {
      ...emptyCatalog,
      roles: new Map([owner, application].map((role) => [role.oid, role])),
      relations,
      functions: new Map(functions.map((each) => [each.oid, each])),
      expressions,
    },
    appRoles: [application],
    root: tenancy.root === undefined ? undefined : relations.get(oidOf(tenancy.root)),
    context: {
      settings: tenancy.setting === undefined ? [] : [tenancy.setting],
      functions: [...strangers],
      sealed: model.usesTenantry,
    },
    tables: new Map(
      [...model.tables.values()].map((table) => {
        const relation = relations.get(oidOf(table.name))!;
        return [relation.oid, classified(table, relation, tenancy)];
      }),
    ),
    assumptions: [],
  };
}

/** A table that was made before these migrations has the column that the manifest says. */
function withTenantColumn(table: Table, tenancy: Tenancy): Table {
  const name = tenancy.columnName(table);
  const isKnown = table.created || tenancy.classOf(table) !== "tenant" || table.columns.has(name);
  if (isKnown) return table;
  const type = "";
  const { place } = table;
  const column = { name, type, notNull: true, default: undefined, changedFrom: undefined, place };
  return { ...table, columns: new Map([...table.columns, [name, column]]) };
}

function numbersIn(table: Table | undefined, columns: readonly string[]): readonly number[] {
  const all = [...(table?.columns.keys() ?? [])];
  const primary = [...(table?.keys.values() ?? [])].find(({ kind }) => kind === "primary");
  const asked = columns.length > 0 ? columns : (primary?.columns ?? []);
  return asked.map((name) => all.indexOf(name) + 1);
}

function classified(table: Table, relation: Relation, tenancy: Tenancy): ClassifiedTable {
  const kind = tenancy.classOf(table);
  const column = relation.columns.find(({ name }) => name === tenancy.columnName(table));
  return {
    relation,
    class: kind ?? "unclassified",
    tenantColumn: kind === "tenant" ? column : undefined,
    why: "the migrations",
  };
}

const plainRole: Role = {
  oid: 2,
  name: "the application",
  superuser: false,
  bypassRowSecurity: false,
  createRole: false,
  createDatabase: false,
  replication: false,
  login: true,
  inherit: true,
  predefined: false,
};

/** Who is held by the policies. */
export const application = plainRole;

/** Whoever runs the migrations: what it owns is not held by them. */
const owner: Role = { ...plainRole, oid: 1, name: "the owner", superuser: true };
const ownerOid = owner.oid;

const emptyCatalog: Catalog = {
  server: {
    version: "18",
    number: 180_000,
    database: "",
    databaseOwner: ownerOid,
    databaseGrants: [],
    currentRole: owner.name,
    settings: {},
    otherDatabases: 0,
  },
  roles: new Map(),
  memberships: [],
  schemas: [],
  relations: new Map(),
  functions: new Map(),
  roleSettings: [],
  defaultPrivileges: [],
  publications: [],
  extensions: [],
  languages: [],
  eventTriggers: [],
  settingGrants: [],
  foreignServers: [],
  largeObjects: [],
};
