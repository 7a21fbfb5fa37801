import type { SweepReport } from "@keywhen/core";
import { PRICES, requestDollars } from "@keywhen/host/cost";
import type { Spending } from "./api/state.js";

type Env = Readonly<Record<string, string | undefined>>;

/** Returns whether AWS charges for the requests to a store, by the known list of prices. */
export function isOnAws(storeUrl: string, env: Env): boolean {
  const hasOwnEndpoint =
    /[?&]endpoint=/i.test(storeUrl) ||
    Boolean(env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"]);
  return /^s3:/i.test(storeUrl) && !hasOwnEndpoint;
}

export function spendingOn(requests: SweepReport["requests"]): Spending {
  const { storageClass, region, readIn } = PRICES;
  return {
    dollars: requestDollars(requests),
    pricesOf: `${storageClass}, ${region}, ${readIn}`,
  };
}
