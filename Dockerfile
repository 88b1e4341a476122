# One image, several commands: web (the default), worker, beat, and the migration job (see docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-default-groups
COPY . .
RUN SECRET_KEY=only-while-building FIELD_KEYS=only-while-building \
    .venv/bin/python manage.py collectstatic --noinput --ignore rest_framework

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app voldaan
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_BIND=0.0.0.0:8000 XDG_CACHE_HOME=/tmp
USER voldaan
EXPOSE 8000
CMD ["gunicorn", "--config", "config/web.py"]
