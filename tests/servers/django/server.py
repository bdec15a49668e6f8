"""A real authorization server (django-oauth-toolkit) on loopback: the second opinion beside oidc-provider.

Prints one JSON line when it answers. It signs a fixed person in and approves by itself, rotates refresh tokens,
and ends the whole family when an old one comes back. GET /__record tells what the token endpoint saw, as hashes.

    python server.py [--port 0] [--access-ttl 15] [--rotate yes|no] [--grace 0] [--until-stdin-closes]
"""

import argparse
import hashlib
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from datetime import datetime, timezone

PERSON = "octavia"
EMAIL = "octavia@northwind.example"
SCOPES = {
    "openid": "who you are",
    "profile": "your name",
    "email": "your e-mail address",
    "offline_access": "stay signed in",
    "orders:read": "read orders",
    "orders:write": "change orders",
}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--access-ttl", type=int, default=15)
    parser.add_argument("--rotate", choices=["yes", "no"], default="yes")
    parser.add_argument("--grace", type=int, default=0)
    parser.add_argument("--until-stdin-closes", action="store_true")
    return parser.parse_args()


def signing_key():
    from jwcrypto import jwk

    return jwk.JWK.generate(kty="RSA", size=2048).export_to_pem(private_key=True, password=None).decode()


def configure(options, folder):
    from django.conf import settings

    settings.configure(
        DEBUG=False,
        SECRET_KEY=secrets.token_urlsafe(48),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        # IMMEDIATE: four refreshes at once wait for one another instead of failing on the write lock.
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.path.join(folder, "server.sqlite3"),
                "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF;"},
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            f"{__name__}.Recorded",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            f"{__name__}.SignedIn",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": signing_key(),
            "OAUTH2_VALIDATOR_CLASS": f"{__name__}.validator",
            "PKCE_REQUIRED": True,
            "SCOPES": SCOPES,
            "ACCESS_TOKEN_EXPIRE_SECONDS": options.access_ttl,
            "ROTATE_REFRESH_TOKEN": options.rotate == "yes",
            "REFRESH_TOKEN_REUSE_PROTECTION": True,
            "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": options.grace,
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
            "DEVICE_FLOW_INTERVAL": 1,
        },
    )


class Record:
    """What the token endpoint saw. Tokens are kept as SHA-256 only."""

    def __init__(self):
        self._lock = threading.Lock()
        self._entries = []
        self._requests = {}

    def count(self, method, path):
        with self._lock:
            name = f"{method} {path}"
            self._requests[name] = self._requests.get(name, 0) + 1

    def add(self, entry):
        with self._lock:
            self._entries.append({"at": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"), **entry})

    def as_json(self):
        with self._lock:
            entries = list(self._entries)
            requests = dict(self._requests)
        refreshes = [entry for entry in entries if entry["grant_type"] == "refresh_token"]
        seen = {}
        for entry in refreshes:
            seen[entry["refresh_token_sha256"]] = seen.get(entry["refresh_token_sha256"], 0) + 1
        good = sum(1 for entry in refreshes if entry["outcome"] == 200)
        return {
            "token_requests": entries,
            "counts": {
                "token": len(entries),
                "refresh": len(refreshes),
                "refresh_ok": good,
                "refresh_refused": len(refreshes) - good,
                "most_uses_of_one_refresh_token": max(seen.values(), default=0),
            },
            "requests": requests,
        }


RECORD = Record()


def sha256(value):
    return hashlib.sha256(value.encode()).hexdigest() if value else None


class Recorded:
    """Notes each token request after it was answered, and serves the record."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from django.http import JsonResponse

        if request.path == "/__record":
            return JsonResponse(RECORD.as_json())
        RECORD.count(request.method, request.path)
        response = self.get_response(request)
        if request.method == "POST" and request.path == "/o/token/":
            self.note(request, response)
        return response

    @staticmethod
    def note(request, response):
        try:
            answer = json.loads(response.content)
        except ValueError:
            answer = {}
        RECORD.add(
            {
                "grant_type": request.POST.get("grant_type"),
                "client_id": request.POST.get("client_id"),
                "refresh_token_sha256": sha256(request.POST.get("refresh_token")),
                "issued_refresh_token_sha256": sha256(answer.get("refresh_token")),
                "status": response.status_code,
                "outcome": 200 if response.status_code == 200 else answer.get("error", response.status_code),
                "answered": True,
            }
        )


class SignedIn:
    """Every visitor is the same person: there is nobody here to type a password."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        from django.contrib.auth import get_user_model

        if request.path.startswith(("/o/authorize", "/o/device")):
            request.user = get_user_model().objects.get(username=PERSON)
        return self.get_response(request)


def __getattr__(name):
    # Both need a configured Django, and this module is what configures it.
    if name == "urlpatterns":
        from django.urls import include, path
        from oauth2_provider.urls import metadata_urlpatterns

        return [
            path("", include((metadata_urlpatterns, "root"))),
            path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
        ]
    if name == "validator":
        from oauth2_provider.oauth2_validators import OAuth2Validator

        class NamedAccounts(OAuth2Validator):
            """Adds the name and the address that the asked scopes allow."""

            oidc_claim_scope = None

            def get_additional_claims(self, request):
                return {"name": "Octavia", "preferred_username": PERSON, "email": EMAIL, "email_verified": True}

        return NamedAccounts
    raise AttributeError(name)


def prepare():
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, run_syncdb=True)
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    get_user_model().objects.create_user(PERSON, EMAIL)
    application = get_application_model().objects
    application.create(
        client_id="fobwatch-demo",
        name="Fobwatch demo",
        client_type="public",
        authorization_grant_type="authorization-code",
        redirect_uris="http://127.0.0.1/callback http://[::1]/callback",
        skip_authorization=True,
        algorithm="RS256",
    )
    # One application has one grant here.
    application.create(
        client_id="fobwatch-device",
        name="Fobwatch device",
        client_type="public",
        authorization_grant_type="urn:ietf:params:oauth:grant-type:device_code",
        algorithm="RS256",
    )


def name_device_page(issuer):
    """The settings are read at the first request, and the port is known only now."""
    from django.conf import settings

    page = f"{issuer}/device/"
    settings.OAUTH2_PROVIDER["OAUTH_DEVICE_VERIFICATION_URI"] = page
    settings.OAUTH2_PROVIDER["OAUTH_DEVICE_VERIFICATION_URI_COMPLETE"] = lambda code: f"{page}?user_code={code}"


def serve(port):
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_arguments):
            """The standard line would carry the query, and with it the code."""

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet, ipv6=False)
    server.daemon_threads = True
    server.set_app(WSGIHandler())
    return server


def main():
    # A plain SIGTERM would leave the temporary folder behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="fobwatch-django-") as folder:
        configure(options, folder)
        prepare()
        server = serve(options.port)
        if options.until_stdin_closes:
            threading.Thread(target=lambda: (sys.stdin.buffer.read(), server.shutdown()), daemon=True).start()
        port = server.socket.getsockname()[1]
        issuer = f"http://127.0.0.1:{port}/o"
        name_device_page(issuer)
        print(json.dumps({"issuer": issuer, "admin": f"http://127.0.0.1:{port}/__record"}), flush=True)
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
