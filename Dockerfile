# The binary and what it links, on Debian 12; runs as user 65532. `docker build -t ohmstead .`
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        g++ cmake ninja-build pkg-config libssl-dev zlib1g-dev libutf8proc-dev libsodium-dev libjemalloc-dev \
        libspdlog-dev libpq-dev libsqlite3-dev librabbitmq-dev libsimdjson-dev libexpected-dev libcurl4-openssl-dev \
        libcli11-dev \
        npm ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY console/package.json console/package-lock.json console/
RUN cd console && npm ci --ignore-scripts --no-audit --no-fund
COPY console console
RUN cd console && npm run --silent build
COPY CMakeLists.txt CMakePresets.json ./
COPY src src
RUN cmake --preset product && cmake --build --preset product --target ohmstead \
    && strip build/release/ohmstead

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        libssl3 zlib1g libutf8proc2 libsodium23 libjemalloc2 libspdlog1.10 libpq5 libsqlite3-0 librabbitmq4 \
        libsimdjson14 libcurl4 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /var/lib/ohmstead && chown 65532:65532 /var/lib/ohmstead
COPY --from=build /src/build/release/ohmstead /usr/local/bin/ohmstead
COPY --from=build /src/console/node_modules/swagger-ui-dist /usr/local/share/ohmstead/swagger-ui
USER 65532:65532
WORKDIR /var/lib/ohmstead
ENV OHM_DATA_DIR=/var/lib/ohmstead
VOLUME /var/lib/ohmstead
EXPOSE 8000 3000 3443 8001
STOPSIGNAL SIGTERM
ENTRYPOINT ["ohmstead"]
CMD ["all"]
