import type { SourceMutant } from "./source-mutants.js";

/** @param file below `src/http/identity`, without its ending */
export function httpMutant(
  name: string,
  file: string,
  find: string,
  replacement: string,
  killedBy: string,
): SourceMutant {
  return { name, file: `http/identity/${file}.ts`, changes: [[find, replacement]], killedBy };
}
