# absclust in a container: without torch, as a user with no rights, whose root may be read-only:
#   docker build -t absclust .
#   docker run --rm --read-only --tmpfs /tmp --network none --user "$(id -u)" -v "$PWD:/data" \
#     absclust cluster library.bib --out results
FROM python:3.11-slim AS build
COPY . /src
RUN python -m venv /opt/absclust \
 && /opt/absclust/bin/pip install --no-cache-dir -c /src/constraints.txt \
      -r /src/requirements-light.txt html-for-docx python-docx XlsxWriter \
 && /opt/absclust/bin/pip install --no-cache-dir --no-deps /src

FROM python:3.11-slim
COPY --from=build /opt/absclust /opt/absclust
# What compiles or caches at run time does so in /tmp, the one place that can be written.
ENV PATH=/opt/absclust/bin:$PATH HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib NUMBA_CACHE_DIR=/tmp/numba \
    PYTHONDONTWRITEBYTECODE=1
USER 12345
WORKDIR /data
ENTRYPOINT ["absclust"]
