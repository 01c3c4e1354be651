# A small image that answers with trained models, without torch:
#   docker build -t seqnlp .
#   docker run --rm -i -v "$PWD/runs:/runs:ro" seqnlp tag /runs/first < lines.txt
#   docker run --rm -p 8000:8000 -v "$PWD/runs:/runs:ro" seqnlp serve /runs/first --host 0.0.0.0
FROM python:3.11-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
WORKDIR /install
COPY requirements/runtime.txt requirements/serve.txt ./
COPY --from=wheel /wheels .
RUN pip install --no-cache-dir --no-deps -r runtime.txt -r serve.txt ./*.whl && rm ./*
WORKDIR /
USER nobody
ENTRYPOINT ["seqnlp"]
