import { Transform, type TransformCallback } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const PIECES_PER_SECOND = 20;

export function throttled(bytesPerSecond: number): Transform {
  const pieceBytes = Math.max(1, Math.round(bytesPerSecond / PIECES_PER_SECOND));
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      trickle(this, chunk, pieceBytes).then(() => done(), done);
    },
  });
}

async function trickle(stream: Transform, chunk: Buffer, pieceBytes: number): Promise<void> {
  for (let start = 0; start < chunk.length && !stream.destroyed; start += pieceBytes) {
    stream.push(chunk.subarray(start, start + pieceBytes));
    await sleep(1000 / PIECES_PER_SECOND);
  }
}
