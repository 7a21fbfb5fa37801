import type { Delivery } from "../../src/api/index.js";
import { serverNow } from "../live/page-clock.js";

const FRESH_MS = 2_000;

/** Whether it arrived just now, so that the eye is led to it. */
export function isFresh(delivery: Delivery): boolean {
  return serverNow() - Date.parse(delivery.deliveredAt) < FRESH_MS;
}
