"""Fills a vault's database with invented credentials: rows only, with nothing in the keychain behind them.

    seed_vault.py HOME COUNT

The database must be there already (any command of `fob` makes it). Where a login is stored, a quarter of the rows are
copies of it that no scheduler touches; the others are API keys. For tests and benches of what a large vault looks like.
"""

import random
import sqlite3
import sys
import time
import uuid
from pathlib import Path

DAY = 86_400_000
PROVIDERS = (
    "github google stripe gitlab auth0 okta slack openai npm sendgrid microsoft atlassian bitbucket keycloak authentik "
    "zitadel ory cognito huggingface discord spotify dropbox notion linear zoom salesforce figma twitch box asana codeberg"
).split()
AREAS = (
    "Payments Invoicing Billing Search Mail Deploy Registry Reporting Treasury Tax Identity Alerts Docs Wiki Radar "
    "Terminal Connect Issuing Metrics Backup Import Export Sync Webhooks Ledger Checkout Catalog Support"
).split()
ROLES = ["gateway", "worker", "hooks", "reader", "bot", "mirror", "EU", "US", "sandbox", "checks", "cluster", "cron"]
ENVIRONMENTS = ["production", "staging", "development", "development"]


def insert(database, table, row):
    names = ", ".join(row)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def seed(home, count):
    database = sqlite3.connect(Path(home) / "vault.db", timeout=30)
    database.row_factory = sqlite3.Row
    dice = random.Random(7)
    now = int(time.time() * 1000)
    login = database.execute("SELECT * FROM login LIMIT 1").fetchone()
    with database:
        for index in range(count):
            number = uuid.UUID(int=dice.getrandbits(128), version=4).hex
            renews = login is not None and index % 4 == 0
            key = {
                "id": number,
                "name": f"{dice.choice(AREAS)} {dice.choice(ROLES)} {index}",
                "kind": "oauth" if renews else "api_key",
                "provider": dice.choice(PROVIDERS[: 1 + index % len(PROVIDERS)]),
                "account": f"acct_{dice.choice(AREAS).lower()}_{index % 97}",
                "environment": dice.choice(ENVIRONMENTS),
                "tags": "[]",
                "note": "",
                "header": "Authorization: Bearer {}",
                "created_at": now - dice.randrange(400) * DAY,
                "value_since": now - 60 * DAY,
                # A few in a thousand need somebody soon.
                "rotate_by": None if renews else now + (2 if index % 300 == 7 else dice.randrange(20, 300)) * DAY,
                "rotate_every_days": None,
                "last_used_at": now - dice.randrange(1, 90) * DAY if index % 20 == 0 else None,
                "generation": 1,
                "fingerprint": f"{dice.getrandbits(256):064x}",
                "shown_start": "sk_live_",
                "shown_end": f"{index % 10_000:04}",
                "value_len": 40,
            }
            insert(database, "credential", key)
            if renews:
                own = dict(login)
                own.update(credential_id=number, refresh_at=None, access_expires_at=now + dice.randrange(1, 60) * DAY // 24)
                insert(database, "login", own)
    database.close()


if __name__ == "__main__":
    seed(sys.argv[1], int(sys.argv[2]))
