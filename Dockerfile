# docker build -t statement-watcher .
# docker run -d --env-file .env -v watcher-storage:/app/storage -p 127.0.0.1:8000:8000 statement-watcher

FROM python:3.13-slim-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Debian keeps only the newest build of a package, so pinned versions would break the image within weeks.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY . .
RUN make setup PYTHON=python3


FROM python:3.13-slim-bookworm

# ca-certificates: connections are verified against the system's store. catdoc, antiword: old .doc files.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends antiword ca-certificates catdoc \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin watcher \
    && install -d -o watcher -g watcher -m 0700 /app/storage

WORKDIR /app
# At the same path as in the build stage: the environment's scripts and the editable install name it.
COPY --from=build /app /app

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WATCHER_STORAGE=/app/storage \
    WATCHER_HOST=0.0.0.0

# By number, so that a host can check that it is not root
USER 10001
VOLUME /app/storage
EXPOSE 8000

HEALTHCHECK --interval=1m --timeout=10s --start-period=30s \
    CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=8)"]

# `docker run IMAGE sources validate` runs any other command.
ENTRYPOINT [".venv/bin/watcher"]
CMD ["run"]
