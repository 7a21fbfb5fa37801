const GIBIBYTE = 1_073_741_824;
const MEBIBYTE = 1_048_576;

/** S3's limit of one copy, and of one put. */
export const S3_SINGLE_MAX_BYTES = 5 * GIBIBYTE;
/** S3 takes no smaller part, but for the last one. */
export const S3_PART_MIN_BYTES = 5 * MEBIBYTE;
/** S3 takes no more parts. */
export const S3_PARTS_MAX = 10_000;
/** The most keys that one DeleteObjects takes. */
export const S3_DELETE_BATCH = 1_000;
