# The web service: no torch, and an OpenCV without windows.
#   docker build -t fer-classic .
#   docker run --read-only --tmpfs /tmp -e FER_CLASSIC_TOKEN -p 8000:8000 fer-classic
FROM python:3.11-slim-bookworm AS build

WORKDIR /source
RUN python -m venv /opt/fer-classic
ENV PATH=/opt/fer-classic/bin:$PATH
COPY pyproject.toml setup.py MANIFEST.in README.md LICENSE constraints.txt ./
COPY fer_classic fer_classic
# The two builds of OpenCV install the same files, so the one goes before the other comes.
RUN pip install --no-cache-dir --constraint constraints.txt ".[app]" \
    && version="$(python -c 'from importlib.metadata import version; print(version("opencv-python"))')" \
    && pip uninstall --yes opencv-python \
    && pip install --no-cache-dir --no-deps "opencv-python-headless==$version"

FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin fer-classic
COPY --from=build /opt/fer-classic /opt/fer-classic
ENV PATH=/opt/fer-classic/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Other machines reach it, so it does not begin without a token.
ENTRYPOINT ["fer-classic"]
CMD ["serve", "--host", "0.0.0.0"]
