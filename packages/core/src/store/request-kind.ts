/** What is asked of a store: the kinds in which requests are counted and errors named. */
export type RequestKind = "list" | "head" | "get" | "put" | "copy" | "move" | "delete";
