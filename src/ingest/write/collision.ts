/** Two different things of one 63-bit id: refused, so that they are never taken for one. */
export class CollisionError extends Error {
  override readonly name = "CollisionError";
}

export function refuseCollision(held: string, arriving: string): never {
  throw new CollisionError(
    `${JSON.stringify(arriving)} has the same internal id as ${JSON.stringify(held)}.`,
  );
}
