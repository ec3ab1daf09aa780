# Two stages: the compiler stays behind.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.library.json rolldown.config.js ./
COPY bin ./bin
COPY src ./src
COPY web ./web
COPY sample/keyring.json ./sample/keyring.json
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 PITH_GRAPH_LOG_FORMAT=json
WORKDIR /app
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --chown=node:node package.json schema.graphql LICENSE README.md ./
COPY --chown=node:node bin ./bin
COPY --chown=node:node drizzle ./drizzle
COPY --chown=node:node sample ./sample
USER node
EXPOSE 4000
# The image brings no PostgreSQL: DATABASE_URL names one.
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s \
  CMD ["node", "bin/healthy.js", "http://127.0.0.1:4000/health"]
ENTRYPOINT ["node", "bin/pith-graph.js"]
CMD ["start"]
