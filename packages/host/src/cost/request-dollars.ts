import type { RequestCounts } from "./monthly-requests.js";
import { PRICES, type Price } from "./prices.js";

/** What these requests cost on S3, in US dollars. Takes a sweep report's `requests` as they are. */
export function requestDollars(requests: Readonly<Partial<RequestCounts>>): number {
  const {
    list = 0,
    put = 0,
    copy = 0,
    move = 0,
    get = 0,
    head = 0,
    delete: deletes = 0,
  } = requests;
  const { write, read, delete: free } = PRICES.s3;
  const parts: readonly [number, Price][] = [
    [list + put + copy + move, write],
    [get + head, read],
    [deletes, free],
  ];
  return parts.reduce((sum, [count, { dollars, per }]) => sum + (count * dollars) / per, 0);
}
