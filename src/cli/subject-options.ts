import { existsSync } from "node:fs";
import { manifestFileName, type Manifest } from "../isolation/manifest/manifest.js";
import { readManifest } from "../isolation/manifest/manifest-file.js";
import type { SubjectOptions } from "../isolation/subject/subject.js";
import type { Invocation, OptionSpec } from "./command.js";
import { migrationUrlOption } from "./connection.js";
import { stringOption } from "./parse.js";

/** The options that say which database is judged, and what is what in it. */
export const subjectOptions: Readonly<Record<string, OptionSpec>> = {
  ...migrationUrlOption,
  manifest: {
    type: "string",
    value: "<file>",
    description: `what each table holds, and what is accepted (default: ${manifestFileName} where there is one)`,
  },
  "app-role": {
    type: "string",
    value: "<role,…>",
    description: "what the application logs in as (default: told by rights)",
  },
  "tenant-column": {
    type: "string",
    value: "<name,…>",
    description: "the column that holds the tenant (default: told by policies, keys and names)",
  },
  root: { type: "string", value: "<table>", description: "the table whose rows are the tenants" },
  setting: {
    type: "string",
    value: "<name,…>",
    description: "what policies read the tenant from, as app.tenant_id (default: what they read)",
  },
};

export interface SubjectInput extends SubjectOptions {
  readonly manifest?: Manifest;
}

/** @throws {TenantryError} `MANIFEST_INVALID` */
export function subjectInput(invocation: Invocation): SubjectInput {
  const manifest = manifestOf(invocation);
  const root = stringOption(invocation, "root");
  const listed = (name: string) =>
    stringOption(invocation, name)
      ?.split(",")
      .map((each) => each.trim());
  const tenantColumns = listed("tenant-column");
  const settings = listed("setting");
  const appRoles = listed("app-role");
  return {
    ...(manifest === undefined ? {} : { manifest }),
    ...(root === undefined ? {} : { root }),
    ...(tenantColumns === undefined ? {} : { tenantColumns }),
    ...(settings === undefined ? {} : { settings }),
    ...(appRoles === undefined ? {} : { appRoles }),
  };
}

/** The manifest that was named, or the one that lies here. @throws {TenantryError} `MANIFEST_INVALID` */
export function manifestOf(invocation: Invocation): Manifest | undefined {
  const file = manifestPath(invocation);
  return file === undefined ? undefined : readManifest(file);
}

/** Its file; one that was named need not be there. */
export function manifestPath(invocation: Invocation): string | undefined {
  const named = stringOption(invocation, "manifest");
  return named ?? (existsSync(manifestFileName) ? manifestFileName : undefined);
}
