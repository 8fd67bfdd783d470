"""A stand-in for Kaggle, and for any web server, on loopback: what our download code meets in the wild."""

import base64
import contextlib
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub:
    """Serves `datasets` (handle -> zip bytes) as Kaggle does, and `files` (path -> bytes) as GitHub does.

    Attributes:
        token: the only token that is accepted; who sends none is let in, as for public data sets.
        cuts: lengths in bytes; each answer with a body uses one up and is cut there.
        corrupt: change a byte of every body, but announce the hash of the right one.
        status: answer this instead of data ("429" and the like), once for each entry.
        log: (method, path, Range header) of every request.
    """

    def __init__(self):
        self.datasets, self.files = {}, {}
        self.token = "right-token"
        self.cuts, self.status, self.log = [], [], []
        self.corrupt = False
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length) or b"{}")
                stub._post(self, body)

            def do_GET(self):
                stub._get(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def downloads(self) -> list:
        """Range headers of the requests for file bodies."""
        return [ranged for method, path, ranged in self.log if method == "GET"]

    def _post(self, request, body):
        self.log.append(("POST", request.path, None))
        given = request.headers.get("Authorization")
        if given and given != f"Bearer {self.token}":
            return _json(request, 401, {"code": 401, "message": "Unauthenticated"})
        if request.path.endswith("/IntrospectToken"):  # the kaggle client asks whose token it is
            return _json(request, 200, {"active": body.get("token") == self.token, "username": "tester"})
        handle = f"{body.get('ownerSlug')}/{body.get('datasetSlug')}"
        if handle not in self.datasets:
            return _json(request, 404, {"code": 404, "message": "Dataset not found"})
        if not request.path.startswith("/api/v1/datasets.DatasetApiService/"):
            return _json(request, 404, {"code": 404, "message": request.path})
        if request.path.endswith("/GetDataset"):
            return _json(request, 200, {"ref": handle, "currentVersionNumber": 1})
        request.send_response(302)
        request.send_header("Location", f"{self.url}/storage/{handle}/archive.zip?signature={len(self.log)}")
        request.send_header("Content-Length", "0")
        request.end_headers()
        return None

    def _get(self, request):
        path, ranged = request.path.split("?")[0], request.headers.get("Range")
        self.log.append(("GET", path, ranged))
        if self.status:
            return _json(request, self.status.pop(0), {"message": "not now"})
        stored = re.fullmatch(r"/storage/(.+)/archive\.zip", path)
        data = self.datasets.get(stored[1]) if stored else self.files.get(path)
        if data is None:
            return _json(request, 404, {"message": "not found"})
        md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
        if self.corrupt:
            data = data[:-40] + bytes([data[-40] ^ 255]) + data[-39:]
        start = int(re.fullmatch(r"bytes=(\d+)-", ranged)[1]) if ranged else 0
        request.send_response(206 if ranged else 200)
        request.send_header("Content-Type", "application/zip")
        request.send_header("Content-Length", str(len(data) - start))
        request.send_header("Accept-Ranges", "bytes")
        request.send_header("ETag", f'"{md5}"')
        if stored:
            request.send_header("x-goog-hash", f"crc32c=AAAAAA==,md5={md5}")
        if ranged:
            request.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        request.end_headers()
        body = data[start:]
        # Only whole answers are cut: the client asks for one, reads its head, then asks for the rest.
        if self.cuts:
            body = body[: self.cuts.pop(0)]
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it only wanted the head
            request.wfile.write(body)
        request.close_connection = True
        return None


def _json(request, status, content):
    body = json.dumps(content).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
