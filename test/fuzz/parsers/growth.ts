import type { Coverage } from "./coverage.ts";
import type { Target } from "./target.ts";

/** Blocks whose counts vary independently of the length. */
const slack = 20_000;

/**
 * Throws if the number of executed blocks grows faster than the length: for an input repeated eight times it may be six
 * times that for one repeated twice. Work within regular expressions is not counted.
 */
export async function assertLinear(target: Target, input: Buffer, coverage: Coverage): Promise<void> {
  const stepsOf = async (times: number) => {
    const repeated = Buffer.concat(Array.from({ length: times }, () => input));
    coverage.take();
    await target.check(repeated);
    return coverage.take().steps;
  };
  const [twice, eightTimes] = [await stepsOf(2), await stepsOf(8)];
  if (eightTimes > 6 * twice + slack) {
    throw new Error(
      `${input.length * 2} bytes took ${twice} steps, ${input.length * 8} bytes ${eightTimes}.`,
    );
  }
}
