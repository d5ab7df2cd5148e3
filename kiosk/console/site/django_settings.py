"""Django's settings, made from ours: nothing is read from the environment, nothing is global before ``configure``."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from csp.constants import NONE, SELF
from django.conf import settings as django_settings

from kiosk.console import keyring
from kiosk.console.config import ServerSettings
from kiosk.core.languages import LANGUAGES
from kiosk.settings import keep_others_out

FONTS = Path("/usr/share/fonts/opentype/inter")  # Debian fonts-inter


# These log addresses, accounts and request texts; what may be said is in the journal.
_TALKATIVE = ("django", "django.request", "django.security", "django.server", "asyncio", "csp", "psycopg")
_SILENCE: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "loggers": {name: {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False} for name in _TALKATIVE},
}


def configure(server: ServerSettings) -> None:
    """Set Django up for this process. Doing it twice with the same settings is harmless."""
    if django_settings.configured:
        if server != django_settings.KIOSK:
            raise RuntimeError("the console is already set up with other settings in this process")
        return
    for folder in (server.data_dir, server.keys_folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_others_out(server.data_dir)
    django_settings.configure(**build(server))
    django.setup()


def build(server: ServerSettings) -> dict[str, Any]:
    """Say everything Django must know."""
    secrets = keyring.read(server)
    return {
        "KIOSK": server,
        "KEYRING": secrets,
        "SECRET_KEY": keyring.derived(secrets[0].secret, "sessions").hex(),  # a new secret ends every session
        "DEBUG": False,
        "ALLOWED_HOSTS": sorted({server.host, "localhost", "127.0.0.1", *server.names}),
        "ROOT_URLCONF": "kiosk.console.urls",
        "WSGI_APPLICATION": None,
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "whitenoise.runserver_nostatic",
            "django.contrib.staticfiles",
            "csp",
            "django_htmx",
            "django_otp",
            "kiosk.console",
            "kiosk.console.keystore",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "kiosk.console.staff.standing.ProvenFactors",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "csp.middleware.CSPMiddleware",
            "django_htmx.middleware.HtmxMiddleware",
            "kiosk.console.staff.access.AccessMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "kiosk.console.staff.access.for_templates",
                        "kiosk.console.views.register.for_templates",
                    ]
                },
            }
        ],
        "DATABASES": {
            "default": _database(server.database, server.data_dir / "console.sqlite3"),
            "keys": _database(server.keys_database, server.keys_folder / "keys.sqlite3"),
        },
        "DATABASE_ROUTERS": ["kiosk.console.keystore.router.KeysApart"],
        "LANGUAGE_CODE": "fr",
        "LANGUAGES": [(one.code, one.name) for one in LANGUAGES.values()],  # staff reads French; the patient's sheet
        "TIME_ZONE": "Europe/Paris",
        "USE_I18N": True,
        "USE_TZ": True,
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [("fonts", FONTS)] if FONTS.is_dir() else [],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 3600,
        "LOGGING": _SILENCE,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 9 * 1024 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 60,
        "FILE_UPLOAD_HANDLERS": [],
        **_accounts(server),
        **_headers(),
    }


def _accounts(server: ServerSettings) -> dict[str, Any]:
    validators = "django.contrib.auth.password_validation."
    return {
        "AUTH_USER_MODEL": "console.Staff",
        "AUTHENTICATION_BACKENDS": ["kiosk.console.staff.standing.ProvenAccounts"],
        "PASSWORD_HASHERS": ["kiosk.console.staff.hashing.Argon2"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": validators + "MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": validators + "CommonPasswordValidator"},
            {"NAME": validators + "UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["username"]}},
            {"NAME": "kiosk.console.staff.passwords.NotOfOurWords"},
        ],
        "LOGIN_URL": "sign-in",
        "LOGIN_REDIRECT_URL": "queue",
        "SESSION_ENGINE": "kiosk.console.staff.session_store",
        "SESSION_COOKIE_NAME": "__Host-console",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_AGE": server.session_hours * 3600,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_NAME": "__Host-form",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "CSRF_FAILURE_VIEW": "kiosk.console.views.refusals.bad_form",
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _headers() -> dict[str, Any]:
    return {
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [NONE],
                "script-src": [SELF],
                "style-src": [SELF],
                "img-src": [SELF],
                "font-src": [SELF],
                "connect-src": [SELF],
                "form-action": [SELF],
                "frame-ancestors": [NONE],
                "base-uri": [NONE],
            }
        },
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }


def _database(address: str, file: Path) -> dict[str, Any]:
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": file,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # a writer waits at the door, never halfway
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
                " PRAGMA wal_autocheckpoint=8000;",  # pages: 32 MB, some eighty check-ins
            },
            "CONN_MAX_AGE": 60,  # seconds: to open and prepare one for every request takes longer than most requests
        }
    url = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        # Parameters travel beside the statement: a picture is not written out in hexadecimal and parsed again.
        "OPTIONS": {
            "connect_timeout": 5,
            "server_side_binding": True,
            "prepare_threshold": 5,
            **dict(parse_qsl(url.query)),
        },
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
