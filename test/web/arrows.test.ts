import fc from "fast-check";
import { expect, test } from "vitest";
import { arrowTriangles, numbersPerVertex, verticesPerArrow } from "../../web/src/graph-drawing/arrows.ts";

type Vertex = { readonly x: number; readonly y: number; readonly beside: number; readonly reach: number };

function verticesOf(numbers: readonly number[]): Vertex[] {
  const vertices: Vertex[] = [];
  for (let at = 0; at < numbers.length; at += numbersPerVertex) {
    const [x = 0, y = 0, beside = 0, reach = 0] = numbers.slice(at, at + numbersPerVertex);
    vertices.push({ x, y, beside, reach });
  }
  return vertices;
}

test("arrowTriangles draws an arrow from border to border with its head at the target", () => {
  const arrow = { from: { x: 10, y: 50 }, to: { x: 110, y: 50 }, gaps: [4, 6] as const, width: 2 };
  const vertices = verticesOf(arrowTriangles(arrow));
  expect(vertices).toHaveLength(verticesPerArrow);
  expect(Math.min(...vertices.map(({ x }) => x))).toBe(14);
  // Its visible end, half a pixel before the tip, is within 1.5 pixels of the target's border.
  const tip = vertices.at(-1);
  expect(tip?.x).toBeGreaterThanOrEqual(104);
  expect(tip?.x).toBeLessThan(107);
  const widest = vertices.filter(({ reach }) => reach === 4);
  expect(widest.every(({ x }) => x === 95)).toBe(true);
});

test("arrowTriangles draws nothing between works that touch, or for a work that cites itself", () => {
  const from = { x: 3, y: 4 };
  expect(arrowTriangles({ from, to: { x: 6, y: 8 }, gaps: [3, 2], width: 2 })).toEqual([]);
  expect(arrowTriangles({ from, to: from, gaps: [3, 3], width: 2 })).toEqual([]);
});

test("arrowTriangles gives each vertex its true distance from the axis, in any direction", () => {
  const coordinate = fc.double({ min: -2000, max: 2000, noNaN: true });
  fc.assert(
    fc.property(coordinate, coordinate, coordinate, coordinate, (fromX, fromY, toX, toY) => {
      const arrow = {
        from: { x: fromX, y: fromY },
        to: { x: toX, y: toY },
        gaps: [3, 9] as const,
        width: 1.6,
      };
      const distance = Math.hypot(toX - fromX, toY - fromY);
      for (const { x, y, beside } of verticesOf(arrowTriangles(arrow))) {
        const away = ((toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX)) / distance;
        expect(away).toBeCloseTo(beside, 6);
      }
    }),
  );
});
