import type { Command } from "./command.js";
import { adoptCommand } from "./commands/adopt.js";
import { auditCommand } from "./commands/audit.js";
import { checklistCommand } from "./commands/checklist.js";
import { devCommand } from "./commands/dev.js";
import { keyInstallCommand } from "./commands/key-install.js";
import { keyListCommand } from "./commands/key-list.js";
import { keyRetireCommand } from "./commands/key-retire.js";
import { lintSqlCommand } from "./commands/lint-sql.js";
import { migrateCommand } from "./commands/migrate.js";
import { probeCommand } from "./commands/probe.js";
import { proveCommand } from "./commands/prove.js";
import { tenantArchiveCommand } from "./commands/tenant-archive.js";
import { tenantCreateCommand } from "./commands/tenant-create.js";
import { tenantListCommand } from "./commands/tenant-list.js";
import { tenantReactivateCommand } from "./commands/tenant-reactivate.js";
import { tenantSuspendCommand } from "./commands/tenant-suspend.js";

/** In the order of the help. */
export const commands: readonly Command[] = [
  devCommand,
  migrateCommand,
  tenantListCommand,
  tenantCreateCommand,
  tenantSuspendCommand,
  tenantReactivateCommand,
  tenantArchiveCommand,
  keyListCommand,
  keyInstallCommand,
  keyRetireCommand,
  auditCommand,
  proveCommand,
  adoptCommand,
  lintSqlCommand,
  probeCommand,
  checklistCommand,
];
