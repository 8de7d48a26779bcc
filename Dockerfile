# Build: everything from the lock files, into one virtual environment.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/deskladder
WORKDIR /src
COPY requirements-build.lock requirements.lock ./
RUN /opt/deskladder/bin/pip install --require-hashes -r requirements-build.lock -r requirements.lock
COPY pyproject.toml README.md ./
COPY plugin ./plugin
COPY connectors ./connectors
COPY config ./config
RUN /opt/deskladder/bin/pip install --no-deps --no-build-isolation . \
 && /opt/deskladder/bin/python -m compileall -q /opt/deskladder \
 && /opt/deskladder/bin/pip uninstall -y hatchling editables pip

# Run: no compiler, no pip, no root, nothing to write outside /data and /tmp.
FROM python:3.13-slim
RUN groupadd --system --gid 10001 deskladder \
 && useradd --system --uid 10001 --gid deskladder --home-dir /data --shell /usr/sbin/nologin deskladder \
 && install -d -o deskladder -g deskladder /data /config
COPY --from=build /opt/deskladder /opt/deskladder
COPY config /usr/share/deskladder/config
ENV PATH=/opt/deskladder/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DESKLADDER_CONFIG=/config/deskladder.yaml \
    DESKLADDER_DATA=/data
USER deskladder
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import sys, urllib.request; sys.exit(urllib.request.urlopen('http://127.0.0.1:8080/ready', timeout=4).status != 200)"]
ENTRYPOINT ["deskladder"]
CMD ["serve", "--bind", "0.0.0.0:8080"]
