import { CEPH_INSTALL, cephGatewayAvailable } from "./ceph-gateway.js";
import { skipUnless } from "./skip-unless.js";

/**
 * For test files that need a Ceph gateway: `const describeCeph = withCeph(describe)`. Where Ceph is not
 * installed the tests are skipped and one loud line says so; in CI (`CI` is set) that is a failure.
 */
export function withCeph<D extends { readonly skip: unknown }>(describe: D): D | D["skip"] {
  const line = `NOT TESTED against a real S3 server, Ceph is not installed: ${CEPH_INSTALL}`;
  return skipUnless(describe, cephGatewayAvailable(), line);
}
