import { wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";
import type { Model } from "../model/model.js";
import { functionsAt, signatureOf } from "./functions.js";
import { qualified, rolesOf, schemaOf } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

function drop({ objects, removeType }: NodeOf<"DropStmt">, { model }: Step): void {
  for (const object of objects ?? []) {
    const words = wordsIn(object);
    switch (removeType) {
      case "OBJECT_TABLE":
      case "OBJECT_FOREIGN_TABLE":
        dropTable(model, qualified(words));
        break;
      case "OBJECT_VIEW":
      case "OBJECT_MATVIEW":
        model.views.delete(qualified(words));
        dropGrants(model, qualified(words));
        break;
      case "OBJECT_INDEX":
        for (const table of model.tables.values()) table.keys.delete(words.at(-1) ?? "");
        break;
      case "OBJECT_POLICY":
        ofTable(model, words)?.policies.delete(words.at(-1) ?? "");
        break;
      case "OBJECT_TRIGGER":
        ofTable(model, words)?.triggersOff.delete(words.at(-1) ?? "");
        break;
      case "OBJECT_RULE":
        ofTable(model, words)?.rules.delete(words.at(-1) ?? "");
        break;
      case "OBJECT_SCHEMA":
        dropSchema(model, words[0] ?? "");
        break;
      case "OBJECT_PUBLICATION":
        model.publications.delete(words[0] ?? "");
        break;
      case "OBJECT_FUNCTION":
      case "OBJECT_PROCEDURE":
      case "OBJECT_ROUTINE":
        dropFunction(model, object);
        break;
      default:
    }
  }
}

function wordsIn(object: Node): string[] {
  if ("List" in object) return wordsOf(object.List.items);
  return "String" in object ? [object.String.sval ?? ""] : [];
}

/** The names of policies, triggers and rules stand behind their table's. */
function ofTable(model: Model, words: readonly string[]) {
  return model.tables.get(qualified(words.slice(0, -1)));
}

function dropTable(model: Model, name: string): void {
  model.tables.delete(name);
  dropGrants(model, name);
  for (const table of model.tables.values()) {
    for (const [key, { target }] of table.foreignKeys) {
      if (target === name) table.foreignKeys.delete(key);
    }
  }
  for (const [key, { parent }] of model.tables) if (parent === name) dropTable(model, key);
  for (const [key, { reads }] of model.views) if (reads.has(name)) model.views.delete(key);
}

function dropGrants(model: Model, name: string): void {
  model.grants = model.grants.filter(({ table }) => table !== name);
}

function dropSchema(model: Model, schema: string): void {
  const inside = (name: string) => schemaOf(name) === schema;
  for (const name of [...model.tables.keys()].filter(inside)) dropTable(model, name);
  for (const name of [...model.views.keys()].filter(inside)) model.views.delete(name);
  for (const key of [...model.functions.keys()].filter(inside)) model.functions.delete(key);
  model.broadGrants = model.broadGrants.filter((grant) => grant.schema !== schema);
  model.defaultGrants = model.defaultGrants.filter((grant) => grant.schema !== schema);
}

function dropFunction(model: Model, object: Node): void {
  if (!("ObjectWithArgs" in object)) return;
  for (const { name, signature } of functionsAt(model, signatureOf(object.ObjectWithArgs))) {
    model.functions.delete(`${name}(${signature})`);
  }
}

function dropRoles(names: readonly string[], model: Model): void {
  const isGone = (name: string) => names.includes(name);
  for (const name of names) model.roles.delete(name);
  model.grants = model.grants.filter(({ grantee }) => !isGone(grantee));
  model.broadGrants = model.broadGrants.filter(({ grantee }) => !isGone(grantee));
  model.defaultGrants = model.defaultGrants.filter(({ grantee }) => !isGone(grantee));
}

export const dropEntries = [
  on("DropStmt", drop),
  on("DropRoleStmt", ({ roles }, { model }) => dropRoles(rolesOf(roles), model)),
];
