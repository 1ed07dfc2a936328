# One image for every role: planner, sender, Prefect's server. Data and configuration are mounted.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock && python -m compileall -q /usr/local/lib/python3.11

COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
 && useradd --uid 10001 --create-home dondoc \
 && install --directory --owner dondoc --group dondoc /data

USER dondoc
ENV DONDOC_HOME=/data DONDOC_CONFIG=/app/config
VOLUME /data
# SIGINT must not be ignored by the workers: the exec form keeps a shell out of the way.
ENTRYPOINT ["dondoc"]
CMD ["serve"]
