FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json tsconfig.base.json ./
COPY packages ./packages
COPY scripts/lib ./scripts/lib
# The image has Node already; without its script npm does not fetch another one.
RUN npm ci --ignore-scripts
RUN node node_modules/typescript/bin/tsc -b && node packages/cli/bundle.mjs /build/sceneport.mjs

FROM node:24-slim
# node is the user 1000 that the image comes with.
RUN install -d -o node -g node -m 0700 /data
COPY LICENSE /opt/sceneport/
COPY --from=build /build/sceneport.mjs /opt/sceneport/
ENV NODE_ENV=production SCENEPORT_DATA=/data
USER node
VOLUME /data
EXPOSE 5555-5560
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "/opt/sceneport/sceneport.mjs", "health"]
ENTRYPOINT ["node", "/opt/sceneport/sceneport.mjs"]
CMD ["serve"]
