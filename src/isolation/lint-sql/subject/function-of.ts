import type { Oid } from "../../catalog/catalog.js";
import type { DatabaseFunction } from "../../catalog/functions.js";
import type { SqlFunction } from "../model/model.js";
import { bareName, schemaOf } from "../replay/names.js";

export function functionOf(made: SqlFunction, oid: Oid, owner: Oid): DatabaseFunction {
  const { name, parameters, language, body, statement, definer, immutable } = made;
  return {
    oid,
    schema: schemaOf(name),
    name: bareName(name),
    arguments: parameters.join(", "),
    argumentCount: parameters.length,
    returns: made.isTrigger ? "trigger" : "",
    kind: "function",
    language,
    owner,
    securityDefiner: definer,
    volatility: immutable ? "immutable" : "volatile",
    leakproof: false,
    settings: [],
    source: made.bound ? statement : body,
    declaration: language === "plpgsql" ? statement : null,
    boundBody: made.bound,
    grants: [],
    extension: null,
  };
}
