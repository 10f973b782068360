#!/usr/bin/env python3
"""A registry and a gateway beyond loopback, as real processes with certificates: who reaches whom, and who does not start."""

import json
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from whole import PROGRAMS, ROOT, Authority, check_logs, free_ports


class Relay:
    """A port of loopback that is far away from another: every byte takes `delay` seconds each way."""

    def __init__(self, port, delay):
        self.target, self.delay = port, delay
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(one, other), daemon=True).start()

    def carry(self, one, other):
        try:
            while data := one.recv(65536):
                time.sleep(self.delay)
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="anju-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.addClassCleanup(check_logs, cls.folder)
        cls.registry, cls.http, cls.grpc = free_ports(3)
        authority = Authority(cls.folder)
        for name in ("registry", "gateway", "peer", "edge"):
            authority.certify(name)
        subprocess.run([PROGRAMS / "anjuctl", "token", "init", cls.folder], check=True, capture_output=True)
        cls.token = cls.folder / "token.jwt"
        cls.token.write_bytes(subprocess.run(
            [PROGRAMS / "anjuctl", "token", "make", "--keys", cls.folder, "--role", "officer", "--division", "45",
             "--subject", "tester"], check=True, capture_output=True).stdout)
        cls.start("registry", f"--listen=0.0.0.0:{cls.registry}", f"--database=sqlite:{cls.folder}/registry.db",
                  f"--divisions={ROOT}/services/registry/divisions", *cls.tls("tls", "registry"))
        cls.start("gateway", *cls.gateway_flags(), *cls.tls("tls", "gateway")[:2], *cls.tls("peer_tls", "peer"),
                  f"--grpc_tls_ca={cls.folder}/ca.pem")

    @classmethod
    def tls(cls, prefix, name):
        return [f"--{prefix}_cert={cls.folder}/{name}.pem", f"--{prefix}_key={cls.folder}/{name}.key", f"--{prefix}_ca={cls.folder}/ca.pem"]

    @classmethod
    def gateway_flags(cls):
        return [f"--http=0.0.0.0:{cls.http}", f"--grpc=0.0.0.0:{cls.grpc}", f"--services=registry=127.0.0.1:{cls.registry}"]

    @classmethod
    def start(cls, program, *flags):
        with open(cls.folder / f"{program}.log", "wb") as log:
            process = subprocess.Popen([PROGRAMS / program, f"--jwks={cls.folder}/jwks.json", *flags], stderr=log)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)

    def health(self, *words):
        return subprocess.run([PROGRAMS / "anjuctl", "--gateway", f"127.0.0.1:{self.grpc}", "--token-file", self.token,
                               "--output", "json", "--timeout", "5", *words, "health"], capture_output=True, text=True, timeout=30)

    def test_far_away_is_only_slower(self):
        # Four round trips of 0.3 s until the first answer.
        with Relay(self.grpc, 0.15) as relay:
            mine = ["--tls-ca", self.folder / "ca.pem", "--tls-cert", self.folder / "peer.pem", "--tls-key", self.folder / "peer.key"]
            done = subprocess.run([PROGRAMS / "anjuctl", "--gateway", f"127.0.0.1:{relay.port}", "--token-file", self.token, *mine, "health"],
                                  capture_output=True, text=True, timeout=60)
        self.assertNotIn("UNAVAILABLE", done.stderr)
        self.assertIn("registry", done.stdout, done.stderr)

    def test_a_caller_with_the_ca_reaches_the_registry_through_the_gateway(self):
        ca = self.folder / "ca.pem"
        mine = ["--tls-ca", ca, "--tls-cert", self.folder / "peer.pem", "--tls-key", self.folder / "peer.key"]
        deadline = time.monotonic() + 60
        while (done := self.health(*mine)).returncode != 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertTrue(json.loads(done.stdout)["serving"], done.stdout + done.stderr)
        self.assertNotEqual(self.health().returncode, 0, "plain text")
        self.assertNotEqual(self.health("--tls-ca", ca).returncode, 0, "no certificate")
        page = subprocess.run(["curl", "-s", "--cacert", ca, f"https://127.0.0.1:{self.http}/healthz"], capture_output=True, text=True)
        self.assertEqual(page.stdout, '{"status":"SERVING"}')

        # The registry itself wants a certificate.
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.registry}", "-CAfile", ca, "-alpn", "h2", "-ign_eof"]
        mine = ["-cert", self.folder / "peer.pem", "-key", self.folder / "peer.key"]
        for certificate, admitted in ((mine, True), ([], False)):
            with subprocess.Popen(words + certificate, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
                try:
                    client.wait(timeout=5)
                    stays = False
                except subprocess.TimeoutExpired:
                    stays = True
                client.terminate()
            self.assertEqual(stays, admitted)

    def test_beyond_loopback_nothing_starts_without_tls(self):
        for program, flags in (("registry", ["--listen=0.0.0.0:0"]), ("gateway", self.gateway_flags()),
                               ("gateway", self.gateway_flags() + self.tls("peer_tls", "peer"))):
            done = subprocess.run([PROGRAMS / program, f"--jwks={self.folder}/jwks.json", *flags],
                                  capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 1)
            self.assertIn("would serve plain text beyond this machine", done.stderr)

    def test_beyond_loopback_the_gateway_s_grpc_is_for_those_with_a_certificate(self):
        done = subprocess.run([PROGRAMS / "gateway", f"--jwks={self.folder}/jwks.json", *self.gateway_flags(), *self.tls("tls", "gateway")[:2]],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--grpc_tls_ca", done.stderr)

    def test_the_edge_shows_its_certificate_and_lets_callers_in_who_have_none(self):
        ca, (port,) = self.folder / "ca.pem", free_ports(1)
        configuration = subprocess.run(
            [ROOT / "deploy/edge/configure", "--listen", f"127.0.0.1:{port}", "--cert", self.folder / "edge.pem", "--key",
             self.folder / "edge.key", "--http", f"127.0.0.1:{self.http}", "--http-ca", ca, "--grpc", f"127.0.0.1:{self.grpc}",
             "--peer-cert", self.folder / "edge.pem", "--peer-key", self.folder / "edge.key", "--peer-ca", ca, "--name", "localhost", "--run", self.folder],
            check=True, capture_output=True, text=True).stdout
        (self.folder / "nginx.conf").write_text(configuration)
        edge = subprocess.Popen(["nginx", "-e", "stderr", "-c", self.folder / "nginx.conf"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.addCleanup(edge.wait)
        self.addCleanup(edge.terminate)
        words = [PROGRAMS / "anjuctl", "--gateway", f"127.0.0.1:{port}", "--token-file", self.token, "--output", "json", "--timeout", "5",
                 "--tls-ca", ca, "health"]
        deadline = time.monotonic() + 60
        while (done := subprocess.run(words, capture_output=True, text=True, timeout=30)).returncode != 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertTrue(json.loads(done.stdout)["serving"], done.stdout + done.stderr)
        page = subprocess.run(["curl", "-s", "--cacert", ca, f"https://127.0.0.1:{port}/healthz"], capture_output=True, text=True)
        self.assertEqual(page.stdout, '{"status":"SERVING"}')


if __name__ == "__main__":
    unittest.main()
