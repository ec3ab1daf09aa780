import type { Coverage } from "./coverage.ts";
import type { Target } from "./target.ts";

/** Where blocks run a few times more or less, whatever the length. */
const slack = 20_000;

/**
 * Throws where the blocks that run grow with more than the length: of an input eight times over they may be six times
 * as many as of one twice over. What a regular expression does within is no block.
 */
export async function demandLinear(target: Target, input: Buffer, coverage: Coverage): Promise<void> {
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
