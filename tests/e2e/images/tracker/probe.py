"""probe.py BASE_URL: asks the tracker from outside, 20 times a second each: one reader, one writer.

One line per answer: kind (read, write), time it was asked, seconds it took, 1 or 0, the ledger's number of a write."""
import sys
import threading
import time
import urllib.request

PERIOD, PATIENCE = 0.05, 10
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(kind, url):
    while True:
        asked = time.time()
        try:
            with opener.open(url, timeout=PATIENCE) as answer:
                good, body = 1, answer.read().decode()
        except Exception:
            good, body = 0, "-"
        took = time.time() - asked
        print(f"{kind} {asked:.3f} {took:.3f} {good} {body if kind == 'write' else '-'}", flush=True)
        time.sleep(max(0.0, PERIOD - took))


base = sys.argv[1]
threading.Thread(target=ask, args=("read", f"{base}/announce"), daemon=True).start()
ask("write", f"{base}/announce?event=completed")
