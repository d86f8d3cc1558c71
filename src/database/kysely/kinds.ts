/** Names and signs, with nothing but names in them. */
export const leafKinds: ReadonlySet<string> = new Set([
  "ColumnNode",
  "DefaultInsertValueNode",
  "IdentifierNode",
  "OperatorNode",
  "ReferenceNode",
  "SchemableIdentifierNode",
  "SelectAllNode",
  "TableNode",
]);

/** Kinds that bring in no table of themselves: what is in them is looked at, they are copied. */
export const plainKinds: ReadonlySet<string> = new Set([
  "AliasNode",
  "AndNode",
  "CaseNode",
  "CastNode",
  "CollateNode",
  "FetchNode",
  "GroupByItemNode",
  "GroupByNode",
  "HavingNode",
  "JSONOperatorChainNode",
  "JSONPathLegNode",
  "JSONPathNode",
  "JSONReferenceNode",
  "LimitNode",
  "ListNode",
  "OffsetNode",
  "OrderByItemNode",
  "OrderByNode",
  "OrNode",
  "OverNode",
  "ParensNode",
  "PartitionByItemNode",
  "PartitionByNode",
  "ReturningNode",
  "SelectionNode",
  "SetOperationNode",
  "TupleNode",
  "UnaryOperationNode",
  "ValueListNode",
  "ValuesNode",
  "WhenNode",
  "WhereNode",
]);

export const queryKinds: ReadonlySet<string> = new Set([
  "SelectQueryNode",
  "InsertQueryNode",
  "UpdateQueryNode",
  "DeleteQueryNode",
]);

/** What may stand in FROM under an alias, besides a table: it is looked at like any expression. */
export const sourceKinds: ReadonlySet<string> = new Set([
  "FunctionNode",
  "ParensNode",
  "SelectQueryNode",
  "ValuesNode",
]);

export const joinKinds: ReadonlySet<unknown> = new Set([
  "InnerJoin",
  "LeftJoin",
  "RightJoin",
  "FullJoin",
  "CrossJoin",
  "LateralInnerJoin",
  "LateralLeftJoin",
  "LateralCrossJoin",
]);
