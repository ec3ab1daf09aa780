import { resolveNodes } from "@pothos/plugin-relay";
