"""A third real authorization server (Canaille, on Authlib) on loopback: the one that compares all of a redirect address.

Prints one JSON line when it answers. It signs a fixed person in and approves by itself, gives a new refresh token for
each old one, and lets a refresh token live no longer than the access token beside it. Its client addresses are those
given with --redirect-uri, port included. GET /__record tells what the token endpoint saw, as hashes.

    python server.py --redirect-uri URL… [--port 0] [--access-ttl 600] [--until-stdin-closes]
"""

import argparse
import hashlib
import json
import logging
import os
import secrets
import signal
import sys
import tempfile
import threading
from datetime import datetime, timezone

PERSON = "octavia"
EMAIL = "octavia@northwind.example"
SCOPES = ["openid", "profile", "email"]
SECRET = "northwind-canaille-client-secret-51c0de"
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--access-ttl", type=int, default=600)
    parser.add_argument("--redirect-uri", action="append", default=[])
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser.parse_args()


def configuration(options, port, folder):
    from joserfc.jwk import RSAKey

    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SERVER_NAME": f"127.0.0.1:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "OAUTH2_TOKEN_EXPIRES_IN": dict.fromkeys(GRANTS, options.access_ttl),
        "CANAILLE": {"DATABASE": "sql", "JAVASCRIPT": False, "HTMX": False},
        "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{folder}/server.sqlite3?timeout=20"},
        "CANAILLE_OIDC": {
            "ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)],
            "DYNAMIC_CLIENT_REGISTRATION_OPEN": True,
        },
    }


class Record:
    """What the token endpoint saw. Tokens are kept as SHA-256 only."""

    def __init__(self):
        self._entries = []
        self._requests = {}

    def count(self, method, path):
        name = f"{method} {path}"
        self._requests[name] = self._requests.get(name, 0) + 1

    def add(self, entry):
        self._entries.append({"at": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"), **entry})

    def as_json(self):
        refreshes = [entry for entry in self._entries if entry["grant_type"] == "refresh_token"]
        seen = {}
        for entry in refreshes:
            seen[entry["refresh_token_sha256"]] = seen.get(entry["refresh_token_sha256"], 0) + 1
        good = sum(1 for entry in refreshes if entry["outcome"] == 200)
        return {
            "token_requests": self._entries,
            "counts": {
                "token": len(self._entries),
                "refresh": len(refreshes),
                "refresh_ok": good,
                "refresh_refused": len(refreshes) - good,
                "most_uses_of_one_refresh_token": max(seen.values(), default=0),
            },
            "requests": self._requests,
        }


def sha256(value):
    return hashlib.sha256(value.encode()).hexdigest() if value else None


def note(record, request, response):
    answer = response.get_json(silent=True) or {}
    basic = request.authorization
    record.add(
        {
            "grant_type": request.form.get("grant_type"),
            "client_id": request.form.get("client_id") or (basic.username if basic else None),
            "refresh_token_sha256": sha256(request.form.get("refresh_token")),
            "issued_refresh_token_sha256": sha256(answer.get("refresh_token")),
            "status": response.status_code,
            "outcome": 200 if response.status_code == 200 else answer.get("error", response.status_code),
            "answered": True,
        }
    )


def watch(app, key):
    """Records the requests, signs the person in, and answers the test's own questions."""
    from flask import g, jsonify, request

    record = Record()

    @app.before_request
    def before():
        if request.path == "/__record":
            return jsonify(record.as_json())
        if request.path == "/__client_key":
            return jsonify({"pem": key.as_pem(private=True).decode()})
        record.count(request.method, request.path)
        if request.path == "/oauth/authorize" and not g.session:
            sign_in()
        return None

    @app.after_request
    def after(response):
        if request.method == "POST" and request.path == "/oauth/token":
            note(record, request, response)
        return response


def sign_in():
    """Every visitor is the same person: there is nobody here to type a password."""
    from canaille.app import models
    from canaille.app.session import login_user
    from canaille.backends import Backend

    login_user(Backend.instance.get(models.User, user_name=PERSON))


def prepare(app, redirect_uris, key):
    from canaille.app import models
    from canaille.backends import Backend

    with app.app_context():
        person = {"user_name": PERSON, "formatted_name": "Octavia", "family_name": "Octavia", "display_name": PERSON}
        Backend.instance.save(models.User(emails=[EMAIL], **person))
        public = {"type": "RSA", "keys": [key.as_dict(private=False)]}
        ways = {
            "fobwatch-demo": {"token_endpoint_auth_method": "none", "grant_types": GRANTS[:2]},
            "fobwatch-basic": {"token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET},
            "fobwatch-key": {"token_endpoint_auth_method": "private_key_jwt", "jwks": json.dumps(public)},
        }
        for name, way in ways.items():
            client = models.Client(
                client_id=name,
                client_name=name,
                client_id_issued_at=datetime.now(timezone.utc),
                # Of a trusted domain: no consent page.
                client_uri="http://127.0.0.1/",
                redirect_uris=redirect_uris,
                response_types=["code"],
                scope=SCOPES,
                **{"grant_types": GRANTS, **way},
            )
            Backend.instance.save(client)
            client.audience = [client]
            Backend.instance.save(client)


def one_at_a_time(app):
    """SQLite has one writer: requests wait here, where nothing times out."""
    lock = threading.Lock()

    def answer(environ, start_response):
        with lock:
            return app(environ, start_response)

    return answer


def serve(port):
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_arguments):
            """The standard line would carry the query, and with it the code."""

    return make_server("127.0.0.1", port, None, threaded=True, request_handler=Quiet)


def main():
    # A plain SIGTERM would leave the temporary folder behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="fobwatch-canaille-") as folder:
        # It would read a configuration file of the folder that it is started in.
        os.chdir(folder)
        from canaille import create_app
        from joserfc.jwk import RSAKey

        server = serve(options.port)
        port = server.socket.getsockname()[1]
        key = RSAKey.generate_key(2048, auto_kid=True)
        app = create_app(configuration(options, port, folder))
        app.logger.setLevel(logging.CRITICAL)
        prepare(app, options.redirect_uri, key)
        watch(app, key)
        server.app = one_at_a_time(app)
        if options.until_stdin_closes:
            threading.Thread(target=lambda: (sys.stdin.buffer.read(), server.shutdown()), daemon=True).start()
        issuer = f"http://127.0.0.1:{port}"
        print(json.dumps({"issuer": issuer, "admin": f"{issuer}/__record"}), flush=True)
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
