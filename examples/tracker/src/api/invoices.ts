import { Router } from "express";
import type { ScopedPool } from "tenantry";
import type { TrackerAccess } from "../identity/open-identity.js";
import { onlyParameters } from "./query-parameters.js";

export interface InvoiceSum {
  readonly currency: string;
  readonly currencyName: string;
  readonly status: "draft" | "sent" | "paid";
  readonly invoices: number;
  /** In whole units of the currency, with two decimals. A text, so that no digit is lost. */
  readonly total: string;
}

export function invoiceRoutes(db: ScopedPool, access: TrackerAccess): Router {
  const routes = Router();
  routes.get("/summary", async (request, response) => {
    access.requirePermission("invoices:read");
    onlyParameters(request);
    response.json({ summary: await summariseInvoices(db) });
  });
  return routes;
}

/** `currencies` is shared: one table, read by all tenants and written by none. */
export async function summariseInvoices(db: ScopedPool): Promise<readonly InvoiceSum[]> {
  const { rows } = await db.query<InvoiceSum>(
    `select i.currency, c.name as "currencyName", i.status,
       count(*)::int as invoices, sum(i.amount)::text as total
     from invoices i join currencies c on c.code = i.currency
     group by i.currency, c.name, i.status
     order by i.currency, i.status`,
  );
  return rows;
}
