/** Far from each other, and prime: one of them divides no length that matters. */
const strides = [7919, 104_729];

/** The same things in an order of which every beginning has some from everywhere; always the same. */
export function evenOrder<Thing>(things: readonly Thing[]): Thing[] {
  const stride = strides.find((prime) => things.length % prime !== 0) ?? 1;
  return things.flatMap((_, index) => {
    const thing = things[(index * stride) % things.length];
    return thing === undefined ? [] : [thing];
  });
}
