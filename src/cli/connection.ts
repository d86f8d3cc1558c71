import { stringOption } from "./parse.js";
import type { Invocation, OptionSpec } from "./command.js";
import { usageError } from "./usage-error.js";

const migrationVariable = "TENANTRY_MIGRATION_DATABASE_URL";
const operatorVariable = "TENANTRY_OPERATOR_DATABASE_URL";

function urlOption(variable: string): Readonly<Record<string, OptionSpec>> {
  return {
    "database-url": {
      type: "string",
      value: "<url>",
      description: `default: ${variable}, which unlike an argument does not show in the process list`,
    },
  };
}

export const migrationUrlOption = urlOption(migrationVariable);
export const operatorUrlOption = urlOption(operatorVariable);

/** The URL of the login that migrates. @throws {TenantryError} `USAGE` */
export function migrationUrl(invocation: Invocation): string {
  return urlOf(invocation, migrationVariable, "the login that migrates");
}

/** The URL of the operator's login. @throws {TenantryError} `USAGE` */
export function operatorUrl(invocation: Invocation): string {
  return urlOf(invocation, operatorVariable, "a member of tenantry_operator");
}

function urlOf(invocation: Invocation, variable: string, whose: string): string {
  const url = stringOption(invocation, "database-url") ?? invocation.terminal.env[variable];
  if (url !== undefined && url !== "") return url;
  throw usageError(
    "No database was named.",
    `Set ${variable} to the URL of ${whose}, or pass --database-url; \`tenantry dev\` prints one for development.`,
  );
}
