import { deliveriesOf, type ResolvedUse } from "./month-of-use.js";
import { MONTH_MS } from "./monthly-requests.js";
import { PRICES, type Price } from "./prices.js";

/** One line of the bill. */
export interface CostItem {
  readonly name: string;
  readonly quantity: number;
  readonly unit: string;
  /** The part of `quantity` that the account's monthly free tier covers. */
  readonly free: number;
  readonly dollars: number;
}

export const GIGABYTE = 2 ** 30;

export function totalOf(items: readonly CostItem[]): number {
  return items.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Returns a line of the bill. `freeTier` subtracts what is free. */
export function itemOf(
  name: string,
  quantity: number,
  { dollars, per, unit, freeAMonth }: Price,
  { freeTier }: ResolvedUse,
): CostItem {
  const free = freeTier ? Math.min(quantity, freeAMonth) : 0;
  return { name, quantity, unit, free, dollars: ((quantity - free) * dollars) / per };
}

export function storageItem(name: string, use: ResolvedUse): CostItem {
  const gigabyteMonths = (deliveriesOf(use) * use.payloadBytes * use.waitMs) / GIGABYTE / MONTH_MS;
  return itemOf(name, gigabyteMonths, PRICES.s3.storage, use);
}
