/** The target's key that a schedule's key of three parts names. */
export function targetOf(key) {
  return key.split("|")[2];
}

export function batches(keys, size) {
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, index) =>
    keys.slice(index * size, (index + 1) * size),
  );
}
