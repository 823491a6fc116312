"""Stand-in for torrust/tracker.

Serves announces on :7070 (`?event=completed` writes and answers with the ledger's number, without it only reads) and health on
:1313, and completes a download by itself every LOAD_MS. A write that finds no lock within 5 s is lost, as in the real one.
SIGINT ends it properly; SIGTERM has no handler, which for PID 1 means that nothing happens.

Files in /var/lib/torrust/tracker/stand-in/ make it misbehave: no-start, unhealthy, deaf (to SIGINT), hold (spends its time
in one large transaction), load (its content replaces LOAD_MS; 0 is silence).

    tracker.py                  run
    tracker.py check [WHERE]    print the invariant as JSON; exit 1 where it does not hold
    tracker.py seed ROWS        create the schema and fill it
"""
import http.server
import json
import os
import random
import signal
import socketserver
import sys
import threading
import time

from store import Store, configured, open_patiently

SWITCHES = "/var/lib/torrust/tracker/stand-in"
stop = threading.Event()


def switched(name):
    return os.path.exists(f"{SWITCHES}/{name}")


def load_ms():
    try:
        with open(f"{SWITCHES}/load") as file:
            return int(file.read())
    except FileNotFoundError:
        return int(os.environ.get("LOAD_MS", "20"))


def say(*words):
    print(*words, flush=True)


class Swarm:
    """One writer and one reader, each with its own connection; both come back after a lost server."""

    def __init__(self, where):
        self.where = where
        self.locks = {"write": threading.Lock(), "read": threading.Lock()}
        self.stores = {}
        self.known = [f"{i:040x}" for i in range(256)]

    def _do(self, role, action):
        with self.locks[role]:
            try:
                if role not in self.stores:
                    self.stores[role] = Store(self.where)
                return action(self.stores[role])
            except Exception as error:
                say(f"{role} lost: {error}")
                if self.where.startswith(("mysql:", "postgresql:")):
                    self.stores.pop(role, None)
                raise

    def complete(self):
        fresh = f"{random.getrandbits(160):040x}"
        return self._do("write", lambda store: store.complete(random.choice((fresh, random.choice(self.known)))))

    def lookup(self):
        return self._do("read", lambda store: store.lookup(random.choice(self.known)))

    def close(self):
        with self.locks["write"], self.locks["read"]:
            for store in self.stores.values():
                store.connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    swarm = None

    def do_GET(self):
        if self.server.server_port == 1313:
            code, body = (500, "unhealthy") if switched("unhealthy") else (200, "ok")
        else:
            try:
                writes = "event=completed" in self.path
                code, body = 200, str(self.swarm.complete() if writes else self.swarm.lookup())
            except Exception as error:
                code, body = 500, str(error)
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128


def interrupted(*_):
    say("SIGINT")
    if not switched("deaf"):
        stop.set()


def work(swarm):
    while not stop.is_set():
        period = load_ms()
        if period:
            try:
                swarm.complete()
            except Exception:
                pass  # said and counted as lost; the real one goes on as well
        stop.wait((period or 200) / 1000)


def hold(where):
    """Most of the time in a transaction that has outgrown its cache: kill or pause it and the journal is hot."""
    store = Store(where)
    store.run("PRAGMA cache_size = 10")
    while not stop.is_set():
        store.run("BEGIN IMMEDIATE")
        store.run("UPDATE torrents SET completed = completed + 1")
        stop.wait(4)
        store.run("ROLLBACK")
        stop.wait(0.5)


def run():
    if switched("no-start"):
        sys.exit("cannot start")
    signal.signal(signal.SIGINT, interrupted)
    where = configured()
    store = open_patiently(where)
    store.create()
    store.connection.close()  # left open it would keep the WAL from being folded in at the end
    swarm = Handler.swarm = Swarm(where)
    for port in (7070, 1313):
        threading.Thread(target=Server(("0.0.0.0", port), Handler).serve_forever, daemon=True).start()
    say("tracker started")
    hold(where) if switched("hold") else work(swarm)
    swarm.close()
    say("tracker stopped")
    os._exit(0)


def main(arguments):
    match arguments:
        case []:
            run()
        case ["check", *rest]:
            result = open_patiently(rest[0] if rest else configured(), 30).check()
            print(json.dumps(result))
            sys.exit(not result["ok"])
        case ["seed", rows]:
            store = open_patiently(configured())
            store.create()
            store.seed(int(rows))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
