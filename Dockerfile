# syntax=docker/dockerfile:1
# One image with every program of the suite; the first word of the command says which one runs.
FROM rust:1.95.0-bookworm AS build
WORKDIR /build
COPY . .
# The caches live outside the image, so the programs are copied out before the step ends.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --workspace --bins \
    && mkdir /programs \
    && for program in ip-finance gateway valuation-svc pledge-svc insurance-svc supervision-svc; do \
           cp "target/release/$program" /programs/ || exit 1; \
       done

FROM debian:bookworm-slim
# The fonts are for Chinese text in PDF documents; the certificates for the organisations' own issuers.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 65532 ip-finance \
    && useradd --system --uid 65532 --gid 65532 --home-dir /var/lib/ip-finance --shell /usr/sbin/nologin ip-finance \
    && install --directory --owner=65532 --group=65532 --mode=0750 /var/lib/ip-finance
COPY --from=build /programs/ /usr/local/bin/
USER 65532:65532
WORKDIR /var/lib/ip-finance
VOLUME /var/lib/ip-finance
EXPOSE 8080
CMD ["ip-finance", "serve", "--listen", "0.0.0.0:8080", "--data", "/var/lib/ip-finance"]
