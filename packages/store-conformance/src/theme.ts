import type { Room } from "./room.js";

/** One side of the contract: for each promise a proof that throws if the store breaks it. */
export interface Theme {
  readonly name: string;
  /** Proofs that need no answer of the store: they say something even if it can't be reached. */
  readonly declarations?: Readonly<Record<string, Proof>>;
  readonly proofs: Readonly<Record<string, Proof>>;
}

export type Proof = (room: Room) => Promise<void>;
