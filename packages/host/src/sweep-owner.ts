import { hostname } from "node:os";

/** Returns the name of this process in the lease: `web-1 pid 4711`. */
export function sweepOwner(): string {
  return `${hostname()} pid ${process.pid}`;
}

/** Returns `web-1 pid 4711` of a lease holder, without the part that distinguishes its sweeps. */
export function holderOf(owner: string): string {
  return owner.replace(/\/[^/]*$/, "");
}
