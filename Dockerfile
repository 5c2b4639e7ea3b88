# syntax=docker/dockerfile:1
# Two stages: one that has build tools, one that runs. No digest is pinned, because none could be verified where this
# file was written; put one behind the tag in your own registry (docs/deployment.md).
FROM python:3.12.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src

# The libraries first: this layer changes only when the lock file does. Every file is held against its hash.
COPY requirements/run.txt requirements/dev.txt requirements/
RUN python -m venv /opt/keten \
 && /opt/keten/bin/pip install --require-hashes --requirement requirements/run.txt \
 && sed -n '/^setuptools==/,/[^\\]$/p' requirements/dev.txt > requirements/build.txt \
 && pip install --require-hashes --requirement requirements/build.txt

COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY probes probes
COPY topology topology
COPY alerting alerting
COPY monitor monitor
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/keten/bin/pip install --no-deps --no-index /dist/ketenmonitor-*.whl \
 && /opt/keten/bin/python -m compileall -q /opt/keten/lib \
 && /opt/keten/bin/keten --version


FROM python:3.12.11-slim-bookworm

LABEL org.opencontainers.image.title="Ketenmonitor" \
      org.opencontainers.image.description="Monitoring of whole service chains" \
      org.opencontainers.image.licenses="EUPL-1.2"

# A number, so that Kubernetes can see that it is not root. The home directory is the data directory.
RUN groupadd --gid 10001 keten \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/keten --no-create-home --shell /usr/sbin/nologin keten \
 && install --directory --owner=keten --group=keten --mode=0750 /var/lib/keten \
 && install --directory /etc/keten
COPY --from=build /opt/keten /opt/keten

# The listening addresses stay at their defaults, which are loopback: see docs/deployment.md.
ENV PATH=/opt/keten/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    KETEN_DATA=/var/lib/keten
WORKDIR /var/lib/keten
USER 10001:10001
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8470/health/live', timeout=4)"]

ENTRYPOINT ["keten"]
CMD ["run", "/etc/keten"]
