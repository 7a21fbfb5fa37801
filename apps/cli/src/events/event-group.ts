import type { EventQuery } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import { readTargetPattern } from "../input/read-target.js";
import type { TimeContext } from "../input/time-zone.js";
import type { GroupOptions } from "./group-options.js";
import { readSpan } from "./listing.js";

/** Several events, and how they are called: `with the delivery id order-42`. */
export interface EventGroup {
  readonly query: EventQuery;
  readonly name: string;
  /** If it is given, only this target is meant. The query also finds keys that begin with it. */
  readonly key: string | undefined;
}

/** Reads the options. Throws a `UsageError` or a `KeywhenError` for a wrong value. */
export async function readGroup(options: GroupOptions, times: TimeContext): Promise<EventGroup> {
  const { deliveryId, to } = options;
  if ((deliveryId === undefined) === (to === undefined)) {
    throw new UsageError(
      deliveryId === undefined
        ? "Neither a delivery id nor a target is given."
        : "Both --delivery-id and --to are given.",
      "Give one of --delivery-id order-42, --delivery-id 'order-42/*' and --to 'reminders/*'.",
    );
  }
  const span = await readSpan(options, times);
  if (to === undefined) return { ...ofDeliveryId(deliveryId ?? "", span), key: undefined };
  const { bucket, keyPrefix, isExact } = readTargetPattern(to);
  const query = { to: { bucket, keyPrefix }, ...span };
  return { query, name: `for ${to}`, key: isExact ? keyPrefix : undefined };
}

function ofDeliveryId(
  text: string,
  span: Pick<EventQuery, "from" | "until">,
): Omit<EventGroup, "key"> {
  const star = text.indexOf("*");
  if (text === "" || star === 0 || (star > 0 && star < text.length - 1)) {
    throw new UsageError(
      `--delivery-id must be a delivery id, or its beginning and a * (got "${text}").`,
      "For example order-42 or 'order-42/*'.",
    );
  }
  if (star < 0)
    return { query: { deliveryId: text, ...span }, name: `with the delivery id ${text}` };
  const deliveryIdPrefix = text.slice(0, star);
  const query = { deliveryIdPrefix, ...span };
  return { query, name: `whose delivery id begins with ${deliveryIdPrefix}` };
}
