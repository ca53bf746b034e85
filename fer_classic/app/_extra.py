"""The packages of the extra ``app``: an error that names the extra, where one is missing."""

from fer_classic.utils._optional import import_optional

__all__: list[str] = []

import_optional("python_multipart", extra="app", purpose="the web service")
import_optional("starlette", extra="app", purpose="the web service")
import_optional("uvicorn", extra="app", purpose="the web service")
import_optional("websockets", extra="app", purpose="the web service")
