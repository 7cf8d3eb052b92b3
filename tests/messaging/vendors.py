"""Geetest and Aliyun as one local HTTP server that speaks their wire and checks what they would check."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

KEY = "key-of-the-tests"
SITE = "site-of-the-tests"
NOT_OF_THIS_WORLD = {
    "an error": (500, b'{"status": "success", "result": "success", "seccode": "x", "Code": 100}'),
    "no JSON": (200, b"<html>success</html>"),
    "nothing": (200, b""),
    "a list": (200, b'["success"]'),
    "a number": (200, b"100"),
    "other words": (200, b'{"status": "ok", "result": "yes", "seccode": "true", "Code": "100", "Result": {"VerifyResult": 1}}'),
    "half of its words": (200, b'{"result": "success", "Result": {"VerifyCode": "T001"}, "Code": true}'),
    "too much": (200, b'{"status": "success", "result": "success", "Code": 100, "x": "' + b"x" * 100_000 + b'"}'),
    "deep nesting": (200, b"[" * 60_000),
    "a redirect": (302, b""),
}  # fmt: skip
"""Answers with which nobody may be let through."""


class Vendors:
    """What the servers know, how they behave, and what they were asked."""

    def __init__(self) -> None:
        self.behaviour = "honest"
        self.solved: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.verify_code = "T001"
        self.released = threading.Event()
        self.url = ""

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """What an honest server says."""
        if path == "/register.php":
            return 200, {"challenge": hashlib.md5(form["ip_address"].encode()).hexdigest() if form["gt"] == SITE else "0"}
        if path == "/validate.php":
            right = form["captchaid"] == SITE and form["challenge"] in self.solved and form["json_format"] == "1"
            return 200, {"seccode": hashlib.md5(form["seccode"].encode()).hexdigest() if right else "false"}
        if path == "/validate":
            return self._geetest(form)
        return self._aliyun(form)

    def _geetest(self, form: dict[str, str]) -> tuple[int, Any]:
        signed = hmac.new(KEY.encode(), form["lot_number"].encode(), hashlib.sha256).hexdigest()
        if form["captcha_id"] != SITE or form["sign_token"] != signed:
            return 200, {"status": "error", "code": "-50103", "msg": "sign_token error", "desc": {"type": "defined error"}}
        if not form["gen_time"].isdigit():
            return 200, {"status": "error", "code": "-50005", "msg": "illegal gen_time", "desc": {"type": "defined error"}}
        right = form["lot_number"] in self.solved and form["pass_token"] == "p" and form["captcha_output"] == "o"
        return 200, {"status": "success", "result": "success" if right else "fail", "reason": "", "captcha_args": {}}

    def _aliyun(self, form: dict[str, str]) -> tuple[int, Any]:
        given = form.pop("Signature")
        pairs = "&".join(quote(name, safe="~") + "=" + quote(value, safe="~") for name, value in sorted(form.items()))
        text = "POST&%2F&" + quote(pairs, safe="~")
        expected = base64.b64encode(hmac.new(f"{KEY}&".encode(), text.encode(), hashlib.sha1).digest()).decode()
        if given != expected or form["AccessKeyId"] != SITE:
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "…", "RequestId": "r", "HostId": "h"}
        if form["Action"] == "AuthenticateSig":
            app = "Sig" not in form
            right = form["AppKey"] == SITE and form["SessionId"] in self.solved and (app or form["Sig"] == "s")
            return 200, {"Code": 100 if right else 900, "Msg": "pass" if right else "fail", "RequestId": "r"}
        right = form["SceneId"] == SITE and form["CaptchaVerifyParam"] in self.solved
        result = {"VerifyResult": right, "VerifyCode": self.verify_code if right else "F001"}
        return 200, {"Code": "Success", "Success": True, "Message": "success", "RequestId": "r", "Result": result}


def _handler(vendors: Vendors) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            form = dict(parse_qsl(parts.query)) | dict(parse_qsl(body, keep_blank_values=True))
            vendors.asked.append(form)
            if vendors.behaviour == "hang":
                vendors.released.wait(60)
                return
            if vendors.behaviour == "trickle":
                self._trickle()
                return
            status, said = NOT_OF_THIS_WORLD.get(vendors.behaviour) or vendors.answer(parts.path, dict(form))
            self._say(status, said if isinstance(said, bytes) else json.dumps(said).encode())

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _trickle(self) -> None:
            """A byte now and then, each in time, the whole never."""
            self.send_response(200)
            self.end_headers()
            try:
                while not vendors.released.is_set():
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.02)
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def vendors_at(settings: Any) -> Iterator[Vendors]:
    """The server on a free port, and the settings pointing at it."""
    vendors = Vendors()
    server = Server(("127.0.0.1", 0), _handler(vendors))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    vendors.url = f"http://127.0.0.1:{server.server_port}"
    for name in ("GEETEST", "GEETEST_V3"):
        setattr(settings, f"{name}_ID", SITE)
        setattr(settings, f"{name}_KEY", KEY)
        setattr(settings, f"{name}_URL", vendors.url)
    settings.ALIYUN_CAPTCHA_ACCESS_KEY_ID, settings.ALIYUN_CAPTCHA_ACCESS_KEY_SECRET = SITE, KEY
    settings.ALIYUN_CAPTCHA_APP_KEY = settings.ALIYUN_CAPTCHA_SCENE_ID = SITE
    settings.ALIYUN_CAPTCHA_SCENES = ["ic_message", "ic_login"]
    settings.ALIYUN_CAPTCHA_URL = settings.ALIYUN_CAPTCHA_INTELLIGENT_URL = f"{vendors.url}/"
    settings.CAPTCHA_KINDS = ["picture", "geetest", "geetest_v3", "aliyun"]
    try:
        yield vendors
    finally:
        vendors.released.set()
        server.shutdown()
        server.server_close()
