export { checkOf, mayRun, mayWriteColumn, policiesFor, whyUnfiltered } from "./applies.js";
export { comparesLoosely } from "./tenant-column.js";
export { effective, meaningOf } from "./effective.js";
export { isBoundQuery, isBoundStatement } from "./bound-query.js";
export { describeCase } from "./describe.js";
export {
  judgeCase,
  type Case,
  type Meaning,
  type MeaningKind,
  type Use,
  type VerdictWord,
} from "./meaning.js";
export {
  commandVerdicts,
  dataCommands,
  type CommandVerdict,
  type DataCommand,
} from "./verdicts.js";
export { policyBonds, type Bond } from "./bindings.js";
export { policyHelpers } from "./helpers.js";
export { askersOf, isFiltered, policyLeaks, type Leak } from "./leaks.js";
