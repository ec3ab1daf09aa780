import { builder } from "./builder.ts";
import { ClaimObject, EventObject, PaperObject, ReferenceObject } from "./objects.ts";

export const PaperConnection = builder.connectionObject(
  { type: PaperObject, name: "PaperConnection", description: "A page of papers." },
  { description: "A paper and its cursor." },
);
export const ClaimConnection = builder.connectionObject(
  { type: ClaimObject, name: "ClaimConnection", description: "A page of claims." },
  { description: "A claim and its cursor." },
);
export const ReferenceConnection = builder.connectionObject(
  { type: ReferenceObject, name: "ReferenceConnection", description: "A page of references." },
  { description: "A reference and its cursor." },
);
export const EventConnection = builder.connectionObject(
  { type: EventObject, name: "EventConnection", description: "A page of events." },
  { description: "An event and its cursor." },
);
