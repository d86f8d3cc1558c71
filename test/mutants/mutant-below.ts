import { join } from "node:path/posix";
import type { SourceMutant } from "./source-mutants.js";

/** Makes mutants of one changed place each, in files below a folder of `src`. */
export const mutantBelow =
  (folder: string) =>
  (
    name: string,
    file: string,
    find: string,
    replacement: string,
    killedBy: string,
  ): SourceMutant => ({
    name,
    file: join(folder, file),
    changes: [[find, replacement]],
    killedBy,
  });
