import type { Room } from "./room.js";

/** One side of the contract: for each promise a proof that throws if the store breaks it. */
export interface Theme {
  readonly name: string;
  readonly proofs: Readonly<Record<string, Proof>>;
}

export type Proof = (room: Room) => Promise<void>;
