import { skipUnless } from "./skip-unless.js";
import { TEST_NEEDS } from "./test-needs.js";

/** For test files that need a Ceph gateway: `const describeCeph = withCeph(describe)`. */
export function withCeph<D extends { readonly skip: unknown }>(describe: D): D | D["skip"] {
  return skipUnless(describe, TEST_NEEDS.ceph);
}
