"""The edge by itself: a real nginx as deploy/edge/configure sets it up, and those who call it."""

import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import time

from whole import ROOT, Authority, free_ports


class Edge:
    """nginx before two ports of loopback."""

    def __init__(self, folder, http, grpc, *options):
        (self.port,) = free_ports(1)
        authority = Authority(folder)
        self.ca, (certificate, key) = authority.ca, authority.certify("edge")
        self.configuration = subprocess.run(
            [ROOT / "deploy/edge/configure", "--listen", f"127.0.0.1:{self.port}", "--cert", certificate, "--key", key, "--run", folder,
             "--http", f"127.0.0.1:{http}", "--grpc", f"127.0.0.1:{grpc}", *options], check=True, capture_output=True, text=True).stdout
        path = pathlib.Path(folder) / "nginx.conf"
        path.write_text(self.configuration)
        self.process = subprocess.Popen(["nginx", "-e", "stderr", "-c", path], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except ConnectionError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def say(self, data, seconds=10):
        """To a connection of HTTP/1.1; what is answered until that ends, or is over."""
        context = ssl.create_default_context(cafile=self.ca)
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=seconds), server_hostname="localhost") as connection:
            connection.sendall(data)
            answer = b""
            try:
                while more := connection.recv(65536):
                    answer += more
                    if answer.endswith(b"\r\n\r\nok"):
                        connection.settimeout(0.3)
            except (TimeoutError, ConnectionError):
                pass
        return answer

    def curl(self, *words):
        """The status, the fields and the body of one answer."""
        done = subprocess.run(["curl", "--silent", "--show-error", "--include", "--cacert", self.ca, *words], capture_output=True, text=True,
                              timeout=30, check=True)
        # Python has made one sort of line ends of it.
        head, _, body = done.stdout.partition("\n\n")
        status, *fields = head.splitlines()
        return int(status.split()[1]), {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}, body

    def grpc(self, method, message=b"\0\0\0\0\0", *words):
        """The fields with which a call is answered, and whether that is a head that ends its stream, as seen by nghttp."""
        with tempfile.NamedTemporaryFile() as body:
            body.write(message)
            body.flush()
            done = subprocess.run(
                ["nghttp", "--no-verify-peer", "--null-out", "--verbose", "--header", ":method: POST", "--header", "te: trailers", "--header",
                 "content-type: application/grpc", "--data", body.name, *words, f"https://localhost:{self.port}/{method}"],
                capture_output=True, text=True, timeout=30, check=False).stdout
        done = re.sub(r"\x1b\[[0-9;]*m", "", done)
        fields = dict(re.findall(r"recv \(stream_id=\d+\) (:?[^:]+): (.*)", done))
        return fields, bool(re.search(r"recv HEADERS frame .*\n\s+; END_STREAM \| END_HEADERS", done)) and "recv DATA" not in done

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
