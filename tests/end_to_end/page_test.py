#!/usr/bin/env python3
"""The API page in a real browser: it loads under its policy, finds a method, sends it with a pasted token, shows the answer, and keeps nothing."""

import base64
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from whole import PROGRAMS, Anju, free_ports

COUNTY = "450328"
BROWSER = shutil.which("chromium")


class Browser:
    """Chromium, spoken to over a pair of pipes in its DevTools protocol."""

    def __init__(self, *options):
        self.profile = tempfile.TemporaryDirectory(prefix="anju-browser-", ignore_cleanup_errors=True)
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # The browser reads its descriptor 3 and writes 4.
        script = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$0" "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", script, BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", *options,
             f"--user-data-dir={self.profile.name}", "about:blank"],
            pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.incoming, self.outgoing = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb", buffering=0)
        self.numbers, self.events, self.session = itertools.count(1), [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def read(self):
        text = bytearray()
        while (byte := self.incoming.read(1)) != b"\0":
            if not byte:
                raise AssertionError("the browser has gone")
            text += byte
        return json.loads(text)

    def call(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": self.session} if self.session else {})
        self.outgoing.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise AssertionError(f"{method}: {answer['error']}")
            return answer["result"]

    def run(self, script):
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    def until(self, script):
        deadline = time.monotonic() + 20
        while not (value := self.run(script)):
            if time.monotonic() > deadline:
                raise AssertionError(f"never: {script}")
            time.sleep(0.05)
        return value

    def press(self, key, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text=text if kind == "keyDown" else "",
                      windowsVirtualKeyCode={"Enter": 13, "Tab": 9}.get(key, 0))

    def complaints(self):
        """What went wrong on the page: exceptions, and what its policy forbade."""
        return [event for event in self.events if event.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded")]

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.incoming.close()
        self.outgoing.close()
        self.profile.cleanup()


@unittest.skipUnless(BROWSER, "no chromium here")
class PageTest(unittest.TestCase):
    protocol = "http/1.1"

    @classmethod
    def setUpClass(cls):
        cls.anju = Anju()
        cls.addClassCleanup(cls.anju.remove)
        cls.begin()
        cls.token = cls.anju.new_token("officer", COUNTY).read_text().strip()

    @classmethod
    def begin(cls):
        cls.anju.up(demo=False)
        cls.url, cls.browser_options = f"http://127.0.0.1:{cls.anju.http}", []

    def setUp(self):
        self.browser = Browser(*self.browser_options)
        self.addCleanup(self.browser.close)

    def open(self, fragment=""):
        self.browser.call("Page.navigate", url=f"{self.url}/{fragment}")
        self.browser.until("document.getElementById('count') !== null && document.getElementById('count').textContent !== ''")

    def test_a_method_is_found_and_tried(self):
        self.open()
        shown, of = self.browser.run("document.getElementById('count').textContent").split(" / ")
        self.assertEqual(shown, of)
        self.assertGreater(int(of), 200)
        self.browser.run("""(() => { const search = document.getElementById('search'); search.value = 'get /v1/overview';
            search.dispatchEvent(new Event('input')); })()""")
        self.assertEqual(1, self.browser.run("document.querySelectorAll('#services li button').length"))
        self.browser.run("document.querySelector('#services li button').click()")
        self.browser.until("document.getElementById('p-query-division') !== null")
        # By the keyboard alone from here on.
        self.browser.run(f"document.getElementById('token').value = {json.dumps(self.token)}")
        for field, text in (("division", COUNTY), ("month", "2018-10")):
            self.browser.run(f"document.getElementById('p-query-{field}').focus()")
            self.browser.call("Input.insertText", text=text)
        self.browser.press("Enter", "\r")
        answer = self.browser.until("(document.querySelector('#answer pre') || {}).textContent")
        self.assertEqual(COUNTY, json.loads(answer)["division"])
        self.assertTrue(self.browser.run("document.querySelector('#answer').textContent").count("200"))
        kept = self.browser.run("JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])")
        self.assertEqual([0, 0, ""], json.loads(kept))
        self.assertEqual([], self.browser.complaints())

    def test_a_refusal_is_shown_as_text(self):
        self.open("#anju.registry.v1.Registry.GetHousehold")
        self.browser.until("document.getElementById('p-path-id') !== null")
        self.browser.run("""document.getElementById('p-path-id').value = '<img src=x onerror=alert(1)>';
            document.querySelector('#operation form').requestSubmit()""")
        answer = self.browser.until("(document.querySelector('#answer pre') || {}).textContent")
        self.assertIn("TOKEN_MISSING", answer)
        self.assertEqual(0, self.browser.run("document.querySelectorAll('#operation img').length"))

    def test_what_is_written_into_the_page_does_not_run(self):
        self.open()
        self.browser.run("""(() => { const bad = document.createElement('script'); bad.textContent = 'window.bad = 1';
            document.body.append(bad); })()""")
        self.assertIsNone(self.browser.run("window.bad"))

    def test_it_comes_by_the_protocol_of_its_door(self):
        self.open()
        self.assertEqual(self.protocol, self.browser.run("performance.getEntriesByType('navigation')[0].nextHopProtocol"))


@unittest.skipUnless(BROWSER, "no chromium here")
class PageThroughTheEdgeTest(PageTest):
    """From outside, over TLS and HTTP/2."""

    protocol = "h2"

    @classmethod
    def begin(cls):
        (port,) = free_ports(1)
        cls.anju.up(False, "--edge", "--edge-port", str(port))
        # The browser knows no CA of a test; it is told the key of this one edge.
        key = subprocess.run(f"openssl x509 -in {cls.anju.data}/keys/edge.pem -noout -pubkey | openssl pkey -pubin -outform der", shell=True,
                             check=True, capture_output=True).stdout
        pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
        cls.url, cls.browser_options = f"https://localhost:{port}", [f"--ignore-certificate-errors-spki-list={pin}"]


if __name__ == "__main__":
    assert (PROGRAMS / "gateway").exists(), "build first"
    unittest.main(verbosity=2)
