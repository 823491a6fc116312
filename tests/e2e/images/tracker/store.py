"""The tracker's database on its three engines, with an invariant that a copy must keep:

    metric == sum(torrents.completed) == count(ledger) == max(ledger.seq)

One transaction per completed download touches all three tables, so a copy that is torn between
two transactions, or between two tables, cannot keep it."""
import os
import sqlite3
import time
import tomllib
from urllib.parse import unquote, unquote_to_bytes, urlsplit

METRIC = "torrents_downloads_total"
# What a dump must carry unharmed, in a column of the real schema.
AWKWARD = "it's \"quoted\" \\ back`tick %s ünï 🚀\nsecond line\ttab"
BUSY_SECONDS = 5  # both of the real tracker's SQLite drivers

SCHEMA = {
    "sqlite": """
        CREATE TABLE IF NOT EXISTS whitelist (id INTEGER PRIMARY KEY AUTOINCREMENT, info_hash TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS torrents (id INTEGER PRIMARY KEY AUTOINCREMENT, info_hash TEXT NOT NULL UNIQUE, completed INTEGER DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS torrent_aggregate_metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, metric_name TEXT NOT NULL UNIQUE, value INTEGER DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS keys (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, valid_until INTEGER);
        CREATE TABLE IF NOT EXISTS ledger (seq INTEGER PRIMARY KEY, info_hash TEXT NOT NULL)""",
    "mysql": """
        CREATE TABLE IF NOT EXISTS whitelist (id INT PRIMARY KEY AUTO_INCREMENT, info_hash VARCHAR(40) NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS torrents (id INT PRIMARY KEY AUTO_INCREMENT, info_hash VARCHAR(40) NOT NULL UNIQUE, completed INT DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS torrent_aggregate_metrics (id INT PRIMARY KEY AUTO_INCREMENT, metric_name VARCHAR(100) NOT NULL UNIQUE, value INT DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS `keys` (`id` INT NOT NULL AUTO_INCREMENT, `key` VARCHAR(32) NOT NULL, `valid_until` INT, PRIMARY KEY (`id`), UNIQUE (`key`));
        CREATE TABLE IF NOT EXISTS ledger (seq INT PRIMARY KEY, info_hash VARCHAR(40) NOT NULL)""",
    "postgresql": """
        CREATE TABLE IF NOT EXISTS whitelist (id SERIAL PRIMARY KEY, info_hash VARCHAR(40) NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS torrents (id SERIAL PRIMARY KEY, info_hash VARCHAR(40) NOT NULL UNIQUE, completed INTEGER DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS torrent_aggregate_metrics (id SERIAL PRIMARY KEY, metric_name VARCHAR(100) NOT NULL UNIQUE, value INTEGER DEFAULT 0 NOT NULL);
        CREATE TABLE IF NOT EXISTS keys (id SERIAL PRIMARY KEY, key VARCHAR(32) NOT NULL UNIQUE, valid_until INTEGER);
        CREATE TABLE IF NOT EXISTS ledger (seq INTEGER PRIMARY KEY, info_hash VARCHAR(40) NOT NULL)""",
}
UPSERT = {
    "sqlite": "INSERT INTO torrents (info_hash, completed) VALUES (?, 1) ON CONFLICT (info_hash) DO UPDATE SET completed = completed + 1",
    "mysql": "INSERT INTO torrents (info_hash, completed) VALUES (?, 1) ON DUPLICATE KEY UPDATE completed = completed + 1",
    "postgresql": "INSERT INTO torrents (info_hash, completed) VALUES (?, 1) ON CONFLICT (info_hash) DO UPDATE SET completed = torrents.completed + 1",
}


def configured():
    """The DSN or path, found as the tracker finds it: environment first, then tracker.toml."""
    path = os.environ.get("TORRUST_TRACKER_CONFIG_OVERRIDE_CORE__DATABASE__PATH")
    if path:
        return path
    with open(os.environ["TORRUST_TRACKER_CONFIG_TOML_PATH"], "rb") as file:
        return tomllib.load(file)["core"]["database"]["path"]


class Store:
    def __init__(self, where):
        self.where = where
        url = urlsplit(where)
        self.engine = url.scheme if url.scheme in ("mysql", "postgresql") else "sqlite"
        if self.engine == "sqlite":
            self.connection = sqlite3.connect(where, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            self.begin = "BEGIN IMMEDIATE"
            return
        account = {"host": url.hostname, "port": url.port, "user": unquote(url.username),
                   "password": unquote(url.password), "connect_timeout": 5}
        if self.engine == "mysql":
            import pymysql
            account["password"] = unquote_to_bytes(url.password)  # it would take text for latin1
            self.connection = pymysql.connect(**account, database=url.path[1:], charset="utf8mb4", autocommit=True,
                                              read_timeout=10, write_timeout=10)
        else:
            import psycopg2
            self.connection = psycopg2.connect(**account, dbname=url.path[1:])
            self.connection.autocommit = True
        self.begin = "BEGIN"

    def run(self, statement, *values):
        cursor = self.connection.cursor()
        if self.engine != "sqlite":
            statement = statement.replace("?", "%s")
        cursor.execute(statement, values) if values else cursor.execute(statement)
        return cursor

    def one(self, statement, *values):
        return self.run(statement, *values).fetchone()

    def create(self):
        for statement in SCHEMA[self.engine].split(";"):
            self.run(statement)
        if not self.one("SELECT count(*) FROM torrent_aggregate_metrics")[0]:
            keys = "`keys` (`key`, valid_until)" if self.engine == "mysql" else "keys (key, valid_until)"
            insert = "INSERT INTO torrent_aggregate_metrics (metric_name, value) VALUES (?, ?)"
            self.run(insert, METRIC, 0)
            self.run(insert, AWKWARD, 42)
            for i in range(20):
                self.run("INSERT INTO whitelist (info_hash) VALUES (?)", f"{i:040x}")
                self.run(f"INSERT INTO {keys} VALUES (?, ?)", f"key{i:029d}", i or None)

    def seed(self, rows):
        """Torrents that nobody has completed yet, 106 bytes each in a SQLite file."""
        if self.engine == "sqlite":
            self.run("PRAGMA cache_size = -2000000")  # the index fills at random: millions of rows would crawl
            self.run("PRAGMA synchronous = OFF")
            self.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                     " INSERT INTO torrents (info_hash) SELECT lower(hex(randomblob(20))) FROM n", rows)
        elif self.engine == "mysql":
            for first in range(1, rows + 1, 20000):  # each before the client's patience ends
                last = min(rows, first + 19999)
                self.run(f"INSERT INTO torrents (info_hash) SELECT sha1(concat('seed', seq)) FROM seq_{first}_to_{last}")
        else:
            self.run("INSERT INTO torrents (info_hash) SELECT md5(i::text) || 'seed0000' FROM generate_series(1, ?) i", rows)

    def complete(self, info_hash):
        """One finished download; returns its number in the ledger once it is durable."""
        self.run(self.begin)
        try:
            self.run("UPDATE torrent_aggregate_metrics SET value = value + 1 WHERE metric_name = ?", METRIC)
            self.run(UPSERT[self.engine], info_hash)
            seq = self.one("SELECT value FROM torrent_aggregate_metrics WHERE metric_name = ?", METRIC)[0]
            self.run("INSERT INTO ledger (seq, info_hash) VALUES (?, ?)", seq, info_hash)
            self.run("COMMIT")
            return seq
        except BaseException:
            if self.engine != "sqlite" or self.connection.in_transaction:
                self.run("ROLLBACK")
            raise

    def lookup(self, info_hash):
        return self.one("SELECT completed FROM torrents WHERE info_hash = ?", info_hash)

    def check(self):
        keys = "`keys`" if self.engine == "mysql" else "keys"
        self.run(SNAPSHOT[self.engine])  # the tracker may be writing
        metric = self.one("SELECT value FROM torrent_aggregate_metrics WHERE metric_name = ?", METRIC)[0]
        count, last = self.one("SELECT count(*), coalesce(max(seq), 0) FROM ledger")
        completed = int(self.one("SELECT coalesce(sum(completed), 0) FROM torrents")[0])
        awkward = self.one("SELECT count(*) FROM torrent_aggregate_metrics WHERE metric_name = ?", AWKWARD)[0]
        result = {
            "engine": self.engine, "seq": last, "metric": metric, "ledger": count, "completed": completed,
            "torrents": self.one("SELECT count(*) FROM torrents")[0],
            "whitelist": self.one("SELECT count(*) FROM whitelist")[0],
            "keys": self.one(f"SELECT count(*) FROM {keys}")[0],
            "integrity": self.one("PRAGMA integrity_check")[0] if self.engine == "sqlite" else "ok",
        }
        result["ok"] = (metric == count == last == completed and result["whitelist"] == result["keys"] == 20
                        and awkward == 1 and result["integrity"] == "ok")
        self.run("ROLLBACK")
        return result


SNAPSHOT = {
    "sqlite": "BEGIN",
    "mysql": "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ",
}


def open_patiently(where, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return Store(where)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
