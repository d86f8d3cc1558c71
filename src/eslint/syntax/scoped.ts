import type { AstNode, Definition, RuleContext } from "../rule.js";
import { definitionOf, importedBy, memberOf } from "./definitions.js";
import {
  ancestors,
  child,
  children,
  isFunction,
  pathOf,
  propertyName,
  textField,
} from "./nodes.js";
import { isScopedExport } from "./scoped-exports.js";

/** The types of Tenantry's whose every statement is held to the active tenant. */
const scopedTypes = new Set(["Tenantry", "ScopedPool", "ScopedClient", "Transaction"]);
const mostSteps = 8;

/**
 * Whether SQL is sent through something scoped: `tenantry.db.query(…)`, what such was given another
 * name, or what a callback of such is given, as `tx` in `tenantry.db.transaction((tx) => tx.query(…))`.
 */
export function isScoped(node: AstNode, scoped: readonly string[], context: RuleContext): boolean {
  const sender = senderOf(node);
  return sender !== undefined && leadsToScoped(sender, node, { scoped, context }, mostSteps);
}

interface Known {
  readonly scoped: readonly string[];
  readonly context: RuleContext;
}

/** The receiver of the call or tag that the text is handed to. */
function senderOf(node: AstNode): string[] | undefined {
  for (const each of ancestors(node)) {
    if (each.type === "CallExpression") {
      const path = pathOf(child(each, "callee"));
      // sql`…`.execute(db) is sent through its argument.
      return path.at(-1) === "execute" && path.length > 1 && isBelow(node, child(each, "callee"))
        ? pathOf(children(each, "arguments")[0])
        : path;
    }
    if (isFunction(each)) return undefined;
  }
  return undefined;
}

function isBelow(node: AstNode, root: AstNode | undefined): boolean {
  return [...ancestors(node)].some((each) => each === root);
}

function leadsToScoped(
  path: readonly string[],
  node: AstNode,
  known: Known,
  steps: number,
): boolean {
  if (startsWithAny(path, known.scoped)) return true;
  const [first = "", second = ""] = path;
  if (steps === 0) return false;
  if (first === "this") {
    const member = memberOf(second, node);
    return member !== undefined && isDeclaredScoped(member, known, steps);
  }
  const definition = definitionOf(first, node, known.context);
  return definition !== undefined && isScopedDefinition(definition, known, steps);
}

function startsWithAny(path: readonly string[], scoped: readonly string[]): boolean {
  return scoped.some((each) => {
    const words = each.split(".");
    const from = path[0] === "this" && words[0] !== "this" ? 1 : 0;
    return words.every((word, index) => path[from + index] === word);
  });
}

function isScopedDefinition(definition: Definition, known: Known, steps: number): boolean {
  const { type, node, name } = definition;
  const imported = importedBy(definition);
  if (imported !== undefined) {
    return isScopedExport(imported, known.context.filename, known.scoped);
  }
  if (type === "Parameter") return hasScopedType(name, known) || isGiven(node, known, steps);
  if (type !== "Variable") return false;
  if (hasScopedType(name, known)) return true;
  const isConstant = textField(node.parent ?? node, "kind") === "const";
  return isConstant && isMadeScoped(child(node, "init"), keyOf(name, node), known, steps);
}

function isDeclaredScoped(member: AstNode, known: Known, steps: number): boolean {
  if (hasScopedType(member, known)) return true;
  return isMadeScoped(child(member, "value"), undefined, known, steps);
}

/** Of `const { db: pool } = tenantry` the `db`; undefined where the whole is taken. */
function keyOf(name: AstNode, declarator: AstNode): string | undefined {
  const properties = children(child(declarator, "id") ?? declarator, "properties");
  const found = properties.find((each) => child(each, "value") === name);
  return found === undefined ? undefined : propertyName(found);
}

function isMadeScoped(
  made: AstNode | undefined,
  key: string | undefined,
  known: Known,
  steps: number,
): boolean {
  if (made === undefined) return false;
  const path = pathOf(made);
  const maker = definitionOf(path[0] ?? "", made, known.context);
  const imported = maker === undefined ? undefined : importedBy(maker);
  if (imported?.module === "tenantry" && imported.name === "createTenantry") return true;
  return leadsToScoped(key === undefined ? path : [...path, key], made, known, steps - 1);
}

/** The parameter of a callback that something scoped calls. */
function isGiven(callback: AstNode, known: Known, steps: number): boolean {
  const { parent } = callback;
  if (parent?.type !== "CallExpression") return false;
  return leadsToScoped(pathOf(child(parent, "callee")), parent, known, steps - 1);
}

/** `db: ScopedPool`, `db: Tenantry["db"]`, where the type is Tenantry's. */
function hasScopedType(named: AstNode, { context }: Known): boolean {
  const annotation = child(named, "typeAnnotation");
  let type = annotation === undefined ? undefined : child(annotation, "typeAnnotation");
  if (type?.type === "TSIndexedAccessType") type = child(type, "objectType");
  const name = type?.type === "TSTypeReference" ? child(type, "typeName") : undefined;
  const local = name === undefined ? undefined : textField(name, "name");
  if (name === undefined || local === undefined) return false;
  const definition = definitionOf(local, name, context);
  const imported = definition === undefined ? undefined : importedBy(definition);
  return imported?.module === "tenantry" && scopedTypes.has(imported.name);
}
