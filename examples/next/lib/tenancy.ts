import { workUnitAsyncStorage } from "next/dist/server/app-render/work-unit-async-storage.external";
import { unstable_cache } from "next/cache";
import { headers } from "next/headers";
import { NextResponse } from "next/server";
import { cache } from "react";
import { createNextTenancy } from "tenantry/next";
import { tenantry } from "./tenantry";

export const tenancy = createNextTenancy(tenantry, {
  headers,
  cache,
  NextResponse,
  workUnitAsyncStorage,
  unstable_cache,
});
