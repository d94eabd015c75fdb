#!/usr/bin/env python3
"""A bot that asks Hone before every trade and tells it what came of it. Standard library only.

    ./hone serve                                     # in one terminal
    python3 samples/PythonBot/bot.py --key-file hone-home/admin.key

The market here is a toy: a price with momentum that turns round half-way. Put your own in place of `market()`, and your broker in place of `Paper`.
"""
import argparse
import http.client
import json
import random
import time
import urllib.parse


class Hone:
    """The few calls a bot needs. Every call may be repeated: ids make sure that nothing is learned twice."""

    def __init__(self, url, key, attempts=20):
        self.address, self.key, self.attempts = urllib.parse.urlsplit(url), key, attempts
        self.connection = None

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        for attempt in range(self.attempts):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=30)
                self.connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), headers)
                answer = self.connection.getresponse()
                content = json.loads(answer.read() or b"null")
            except (OSError, http.client.HTTPException):
                # The server was restarted or the line was cut: what was sent may have arrived, and sending it again is safe.
                self.connection = None
                time.sleep(min(0.1 * 2 ** attempt, 2))
                continue
            if answer.status in (429, 503, 507):
                time.sleep(float(answer.headers.get("Retry-After", 1)))
                continue
            if answer.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer.status} {content.get('detail')}")
            return content
        raise RuntimeError(f"{method} {path}: the server does not answer")

    def session(self, symbol, features):
        """The active session of a symbol: a new one, or the one that is there already."""
        for session in self.call("GET", f"/sessions?symbol={urllib.parse.quote(symbol)}")["sessions"]:
            if session["status"] == "active":
                return session["session_id"]
        return self.call("POST", "/sessions/start", {"symbol": symbol, "model_type": "panel", "config": {"features": features, "classes": 2, "target": "direction"}})["session_id"]

    def predict(self, session, prediction_id, features):
        return self.call("POST", f"/sessions/{session}/predict", {"prediction_id": prediction_id, "features": features})

    def outcome(self, session, prediction_id, actual, pnl):
        return self.call("POST", f"/sessions/{session}/outcomes", {"prediction_id": prediction_id, "actual": actual, "pnl": pnl})


class Paper:
    """A paper account: one position, held for one step."""

    def __init__(self, money=10_000.0, share=0.10, cost=0.0002):
        self.money, self.share, self.cost, self.trades = money, share, cost, 0

    def trade(self, side, size, move):
        if side == 0 or size == 0:
            return 0.0
        stake = self.money * self.share * size
        pnl = stake * (side * move - self.cost)
        self.money += pnl
        self.trades += 1
        return pnl


def market(steps, seed):
    """Features known at a step, and the move that follows. The rule turns round half-way: what was learned before is then wrong."""
    rng = random.Random(seed)
    last = [0.0] * 4
    for step in range(steps):
        rule = 1 if step < steps // 2 else -1
        drive = rule * (0.6 * last[-1] + 0.3 * last[-2])
        move = drive + rng.gauss(0, 0.01)
        yield {"last": last[-1] * 100, "before": last[-2] * 100, "mean": sum(last) * 25, "noise": rng.gauss(0, 1)}, move
        last = last[1:] + [move]


def main():
    parser = argparse.ArgumentParser(description="A bot that asks Hone before every trade.")
    parser.add_argument("--url", default="http://127.0.0.1:8480")
    parser.add_argument("--key-file", default="hone-home/admin.key")
    parser.add_argument("--symbol", default="TOY")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    try:
        with open(options.key_file) as file:
            hone = Hone(options.url, file.read().strip())
    except OSError as problem:
        parser.error(f"--key-file {options.key_file} cannot be read ({problem.strerror}); `hone serve` writes it into its home folder")
    session = hone.session(options.symbol, ["last", "before", "mean", "noise"])
    paper = Paper()
    for step, (features, move) in enumerate(market(options.steps, options.seed)):
        prediction_id = f"{options.symbol}-{options.seed}-{step}"
        answer = hone.predict(session, prediction_id, features)
        side = (1 if answer["label"] == 1 else -1) if answer["act"] else 0
        pnl = paper.trade(side, answer["size_multiplier"], move)
        hone.outcome(session, prediction_id, 1 if move > 0 else 0, pnl)
    metrics = hone.call("GET", f"/sessions/{session}/metrics")
    print(json.dumps({
        "session_id": session, "steps": options.steps, "trades": paper.trades, "money": round(paper.money, 2), "resolved": metrics["resolved"],
        "accuracy": metrics["accuracy"], "accuracy_majority": metrics["accuracy_majority"], "adaptations": metrics["adaptations"], "state_hash": metrics["state_hash"],
    }))


if __name__ == "__main__":
    main()
