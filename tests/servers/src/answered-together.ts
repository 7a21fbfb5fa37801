import type { RequestOptions } from "@keywhen/core/store";
import type { SpokenAnswer } from "./answering-server.js";

/** Answers no request before this many have come. */
export function answerTogether(count: number, answer: SpokenAnswer): () => Promise<SpokenAnswer> {
  let asked = 0;
  let answerAll = () => {};
  const allAsked = new Promise<void>((resolve) => {
    answerAll = resolve;
  });
  return async () => {
    asked += 1;
    if (asked === count) answerAll();
    await allAsked;
    return answer;
  };
}

/** Returns how many of these calls had an answer when the first one ended. */
export async function answeredAtFirstEnd(
  count: number,
  call: (index: number, options: RequestOptions) => Promise<unknown>,
): Promise<number> {
  let answered = 0;
  const onDate = () => {
    answered += 1;
  };
  const ends = Array.from({ length: count }, async (_, index) => {
    await call(index, { onDate });
    return answered;
  });
  return Math.min(...(await Promise.all(ends)));
}
