import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isTenantryError } from "../../../core/tenantry-error.js";
import { createOperatorAccess } from "../../../registry/postgres/operator-access.js";
import { createPostgresTenants } from "../../../registry/postgres/postgres-tenants.js";
import type { Reader } from "../../catalog/reader.js";
import { judged, Unanswered, type Answer } from "../item.js";
import { partsOf } from "./hosts.js";
import type { Site, Visitor } from "./site.js";

type Statuses = readonly number[];

const said = (statuses: Statuses) => statuses.join(" and ");

/**
 * Creates a tenant, sees its host answered, suspends it, sees it refused, and archives it: also where
 * anything fails between.
 * @param client may write the registry
 * @param patience milliseconds in which a change has to be heard
 */
export async function tryRegistry(site: Site, client: Reader, patience = 5_000): Promise<Answer> {
  const [visitor] = await site.visitors();
  const { parent, port } = partsOf(visitor!.host);
  const slug = `checklist-${randomBytes(5).toString("hex")}`;
  if (parent === "") throw new Unanswered("No tenant's host was named: give --host.");
  const host = `${slug}.${parent}${port}`;
  const look = () => lookAt(site, visitor!, host);
  const tenants = createPostgresTenants(
    createOperatorAccess({ query: (text, values) => client.query(text, values) }),
  );
  const unknown = await look();
  const { id } = await tenants.create({ slug, name: "Tenantry checklist" }).catch(refused);
  try {
    const born = await changeFrom(look, unknown, patience);
    if (born === null) {
      throw new Unanswered(
        `A tenant ${slug} was created, and ${host} was still answered ${said(unknown)} after ${patience} ms: is it this service's database, and is that its base domain?`,
      );
    }
    await tenants.suspend(id);
    const ended = await changeFrom(look, born.seen, patience);
    const made = `A tenant created for this was answered ${said(born.seen)} after ${born.milliseconds} ms, where ${said(unknown)} had been answered before`;
    if (ended !== null && !ended.seen.some((status, at) => isNewlyGood(status, unknown[at]!))) {
      return judged(
        [],
        `${made}; suspended, it was answered ${said(ended.seen)} after ${ended.milliseconds} ms. It is archived.`,
      );
    }
    return judged(
      [
        {
          subject: `GET ${site.route}`,
          message: `A tenant was suspended, and its host was still answered ${said(ended?.seen ?? born.seen)} after ${patience} ms.`,
          mend: "Listen to the registry's changes (createTenantry does), and remember no tenant for longer than its status may be wrong.",
        },
      ],
      `${made}; suspended, it was still answered ${said(ended?.seen ?? born.seen)}. It is archived.`,
    );
  } finally {
    await tenants.archive(id);
  }
}

/** Of the route and of the front page, without credentials. */
async function lookAt(site: Site, visitor: Visitor, host: string): Promise<Statuses> {
  const paths = [...new Set([site.route, "/"])];
  const statuses: number[] = [];
  for (const path of paths) {
    const { status } = await site.askAnonymously(visitor, { path, hosts: [host] });
    statuses.push(status);
  }
  return statuses;
}

/** A page that anybody is answered tells nothing of the tenant. */
function isNewlyGood(status: number, unknown: number): boolean {
  return status >= 200 && status < 300 && status !== unknown;
}

async function changeFrom(look: () => Promise<Statuses>, before: Statuses, patience: number) {
  const started = performance.now();
  for (;;) {
    const seen = await look();
    const milliseconds = Math.round(performance.now() - started);
    if (seen.join() !== before.join()) return { seen, milliseconds };
    if (milliseconds > patience) return null;
    await pause(20);
  }
}

function refused(error: unknown): never {
  if (!isTenantryError(error)) throw error;
  throw new Unanswered(
    `No tenant could be created: ${error.message} Give --operator-url of a login that is a member of tenantry_operator.`,
  );
}
