/** A source of random bytes; a parameter, so that any run can be replayed. */
export type RandomSource = (bytes: number) => Uint8Array;

/** The platform's cryptographic source. */
export const systemRandom: RandomSource = (bytes) =>
  globalThis.crypto.getRandomValues(new Uint8Array(bytes));

/** A number in [0, 1) for spreading retries. */
export function randomFraction(random: RandomSource): number {
  const [high = 0, low = 0] = random(2);
  return (high * 256 + low) / 65_536;
}
