import type { Pool } from "pg";
import type { ScopedPool } from "../../src/database/pool/scoped-pool.js";

/** The scoped pool of an application that passed its own `pg`. */
export type PassedPool = ScopedPool & Pool;
