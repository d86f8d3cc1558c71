import { randomInt } from "node:crypto";
import type { Oid } from "../../catalog/catalog.js";
import type { Subject } from "../../subject/subject.js";
import {
  labels,
  type SeedOptions,
  type SeedSession,
  type SeededWorld,
  type TenantLabel,
} from "./contract.js";
import { describe, rehearse } from "./attempt.js";
import { adoptRows } from "./adopt-rows.js";
import { Batched } from "./batched.js";
import { fillLinks } from "./fill-links.js";
import { freshRow } from "./fresh.js";
import { Ground } from "./ground.js";
import { Options } from "./options.js";
import { orderOf, type Needs } from "./order.js";
import { readShapes, type Shapes, type TableShape } from "./shape.js";
import { SharedColumns } from "./shared.js";
import { chooseTenants } from "./tenants.js";
import { readTypes } from "./types.js";
import { AcceptedTexts } from "./values/accepted.js";
import { seededTables } from "./world.js";
import { Writer } from "./writer.js";

/** Rows of each tenant in each table, but one of the root. */
const rowsEach = 2;

/**
 * Puts two tenants with rows into every table that takes them. What a table does not take makes it
 * unproven, with the reason, and disturbs no other.
 * @param session inside a transaction that the caller rolls back; its role must be allowed to write all
 */
export async function seedTenants(
  session: SeedSession,
  subject: Subject,
  given: SeedOptions,
): Promise<SeededWorld> {
  const batched = new Batched(session);
  const options: SeedOptions = {
    ...given,
    // What the caller sends by itself must not come before what is pending here.
    async actAs(tenant, id) {
      await batched.flush();
      await given.actAs(tenant, id);
    },
  };
  const ground = await prepare(batched, subject);
  const writer = new Writer(ground, new SharedColumns(ground));
  const order = orderOf(needsOf(ground.shapes, ground));
  let done = 0;
  for (const tenant of labels) {
    await options.actAs(tenant, ground.tenants[tenant]);
    for (const component of order) {
      await seedComponent(ground, writer, component, tenant);
      done += component.length;
      options.progress?.(Math.floor(done / labels.length), ground.shapes.size);
    }
  }
  for (const tenant of labels) {
    await options.actAs(tenant, ground.tenants[tenant]);
    await fillLinks(ground, tenant);
  }
  await checkDeferred(ground);
  const tables = await seededTables(ground, subject, options);
  await batched.flush();
  return {
    tenants: ground.tenants,
    tables,
    async fresh(table, tenant) {
      const row = await freshRow(ground, writer, table, tenant, options);
      await batched.flush();
      return row;
    },
  };
}

/** Looks at deferred constraints now, and leaves them deferred: what has to fail must not fail later. */
async function checkDeferred(ground: Ground): Promise<void> {
  const outcome = await rehearse(ground.session, () =>
    ground.session.query("set constraints all immediate"),
  );
  if ("value" in outcome) return;
  const { refusal } = outcome;
  ground.deferred = { table: refusal.table, reason: describe(refusal) };
}

async function prepare(session: Batched, subject: Subject): Promise<Ground> {
  const run = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, "0");
  const offset = randomInt(1_000_000_000, 2_000_000_000);
  const shapes = await readShapes(session, subject);
  const { types, columns } = await readTypes(session, [...shapes.keys()]);
  const values = new Options(types, columns, new AcceptedTexts(session));
  const tenants = { a: "", b: "" };
  const ground = new Ground(
    session,
    subject.catalog,
    shapes,
    values,
    subject.root?.oid,
    tenants,
    run,
    offset,
  );
  Object.assign(tenants, await chooseTenants(ground, subject));
  return ground;
}

/** A table with all partitions of what it refers to; a reference to itself needs no order. */
function needsOf(shapes: Shapes, ground: Ground): ReadonlyMap<Oid, Needs> {
  return new Map(
    [...shapes].map(([oid, { links }]) => {
      const targets = (required: boolean) =>
        links
          .filter((link) => link.required === required)
          .flatMap(({ target }) => ground.leavesOf(target))
          .filter((target) => target !== oid);
      return [oid, { required: new Set(targets(true)), wanted: new Set(targets(false)) }];
    }),
  );
}

async function seedComponent(
  ground: Ground,
  writer: Writer,
  component: readonly Oid[],
  tenant: TenantLabel,
): Promise<void> {
  const shapes = component.map((oid) => ground.shapes.get(oid)!);
  const hasRoot = ground.root !== undefined && component.includes(ground.root);
  for (let ordinal = 1; ordinal <= (hasRoot ? 1 : rowsEach); ordinal++) {
    let result = await writer.write(shapes, { tenant, ordinal, mayCollide: true });
    if ("reason" in result) result = await adoptRows(ground, shapes, tenant, result.reason);
    if ("reason" in result) {
      if (ordinal === 1) complain(ground, shapes, tenant, result.reason);
      return;
    }
    for (const { oid, word, values } of result.written) {
      ground.keep(oid, { tenant, ordinal, word, values });
      if (oid === ground.root) learnTenant(ground, oid, tenant, values);
    }
  }
}

/** The root's row says what the tenant's id became. */
function learnTenant(
  ground: Ground,
  root: Oid,
  tenant: TenantLabel,
  values: Readonly<Record<string, string | null>>,
): void {
  const column = ground.shapes.get(root)?.tenantColumn;
  const stored = column === undefined ? null : values[column];
  if (stored != null) ground.tenants[tenant] = stored;
}

function complain(
  ground: Ground,
  shapes: readonly TableShape[],
  tenant: TenantLabel,
  reason: string,
): void {
  for (const { relation } of shapes) {
    ground.problems.set(relation.oid, { ...ground.problems.get(relation.oid), [tenant]: reason });
  }
}
