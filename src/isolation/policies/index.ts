export { checkOf, mayRun, mayWriteColumn, policiesFor, whyUnfiltered } from "./applies.js";
export { columnCannotBeNull, comparesLoosely } from "./tenant-column.js";
export { meaningOf } from "./effective.js";
export type { Case, Meaning, MeaningKind, VerdictWord } from "./meaning.js";
export {
  commandVerdicts,
  dataCommands,
  type CommandVerdict,
  type DataCommand,
} from "./verdicts.js";
export { policyBonds, type Bond } from "./bindings.js";
export { policyHelpers } from "./helpers.js";
export { askersOf, isFiltered, policyLeaks, type Leak } from "./leaks.js";
