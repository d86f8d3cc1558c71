import type { Rule } from "../../report/finding.js";

export const ownerless: Rule = {
  id: "SH1",
  name: "row-without-tenant",
  severity: "high",
  title: "Rows that would belong to no tenant",
  meaning:
    "No way that the manifest names leads from these rows to a tenant, so they would disappear for the app, and tenant_id could not be made NOT NULL.",
};

export const crossing: Rule = {
  id: "SH2",
  name: "reference-across-tenants",
  severity: "critical",
  title: "Rows that point to another tenant's",
  meaning:
    "A foreign key of these rows leads to a row of another tenant: isolation is broken in the data already, and the key that carries the tenant could not be validated.",
};

export const disagreeing: Rule = {
  id: "SH3",
  name: "ways-disagree",
  severity: "high",
  title: "Rows that belong to two tenants",
  meaning:
    "Two of the ways that the manifest names for the table lead from these rows to different tenants. The first would decide.",
};

export const shadowRules = [ownerless, crossing, disagreeing];
