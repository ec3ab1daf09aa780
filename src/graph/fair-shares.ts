/**
 * Shares a number of places between lists. In each round, every list adds its next item unless another list has added
 * it already, until there are `most`. Lists that end leave their places to the others.
 *
 *     inRounds([["a", "b", "c"], ["x"]], 3) // a, x, b
 */
export function inRounds<Item>(lists: readonly ArrayLike<Item>[], most: number): Set<Item> {
  const chosen = new Set<Item>();
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let round = 0; round < longest; round++) {
    for (const list of lists) {
      if (chosen.size >= most) return chosen;
      const item = list[round];
      if (item !== undefined) chosen.add(item);
    }
  }
  return chosen;
}
