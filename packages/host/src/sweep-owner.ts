import { hostname } from "node:os";

/** What another sweeper is told of who holds the lease: `web-1 pid 4711`. */
export function sweepOwner(): string {
  return `${hostname()} pid ${process.pid}`;
}
