// Read by drizzle-kit, which `npm run db:generate` fetches when it is needed: it is no dependency of the project.
export default {
  dialect: "postgresql",
  schema: "./src/store/tables/index.ts",
  out: "./drizzle",
};
