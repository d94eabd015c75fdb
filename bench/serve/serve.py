#!/usr/bin/env python3
"""Load, memory and restart of `hone serve`, from outside. Standard library, and wrk for `load`.

    python3 bench/serve/serve.py load [--seconds 30] [--store …]     predictions per second and latency, 64 connections
    python3 bench/serve/serve.py sessions [--count 1000]              memory of many live sessions, time to ready after a kill
    python3 bench/serve/serve.py restart [--events 1000000]           time to ready with a long journal, after a stop and after a kill
    python3 bench/serve/serve.py soak [--symbols 100] [--days 1]      minutes of many symbols through the live loop, memory on the way
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
HEADERS = {"Content-Type": "application/json"}


class Server:
    def __init__(self, home, store, *more):
        self.home, self.store, self.more = home, store, more
        self.port = free_port()

    def start(self):
        """Starts it and waits until it is ready; returns the seconds that took."""
        begun = time.monotonic()
        command = [str(TOP / "hone"), "serve", "--home", self.home, "--urls", f"http://127.0.0.1:{self.port}", "--json", *self.more]
        if self.store != "sqlite":
            command += ["--store", self.store]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(os.path.join(self.home, "..", "server.log"), "a"))
        self.process.stdout.readline()
        if self.process.poll() is not None:
            sys.exit("the server did not start; see server.log")
        self.key = pathlib.Path(self.home, "admin.key").read_text().strip()
        while self.call("GET", "/health/ready")[0] != 200:
            time.sleep(0.02)
        return time.monotonic() - begun

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()

    def rss_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024

    def call(self, method, path, body=None, connection=None):
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        own.request(method, path, None if body is None else json.dumps(body), {**HEADERS, "Authorization": f"Bearer {self.key}"})
        answer = own.getresponse()
        content = answer.read()
        if connection is None:
            own.close()
        return answer.status, json.loads(content) if content else None

    def session(self, symbol, features=8):
        status, answer = self.call("POST", "/api/v1/sessions/start", {"symbol": symbol, "model_type": "panel", "config": {"features": features, "classes": 2}})
        assert status == 201, answer
        return answer["session_id"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wrk(server, session, seconds, threads=1):
    out = subprocess.run(
        ["wrk", f"-t{threads}", "-c64", f"-d{seconds}s", "--latency", "-s", str(TOP / "bench/serve/predict.lua"), f"http://127.0.0.1:{server.port}/api/v1/sessions/{session}/predict"],
        capture_output=True, text=True, env={**os.environ, "HONE_KEY": server.key}).stdout
    figures = {}
    for line in out.splitlines():
        words = line.split()
        if words and words[0] in ("50%", "75%", "90%", "99%"):
            figures[words[0]] = words[1]
        if line.startswith("Requests/sec"):
            figures["per second"] = float(words[1])
        if "Non-2xx" in line:
            figures["not answered"] = line.strip()
    return figures


def load(options, server):
    server.start()
    session = server.session("LOAD")
    wrk(server, session, 20)
    print("| run | predictions/s | p50 | p90 | p99 | memory MiB | not answered |\n|--:|--:|--:|--:|--:|--:|--|")
    for run in range(options.runs):
        f = wrk(server, session, options.seconds)
        print(f"| {run + 1} | {f['per second']:,.0f} | {f['50%']} | {f['90%']} | {f['99%']} | {server.rss_mb():.0f} | {f.get('not answered', 'none')} |", flush=True)
    server.stop()


def teach(server, sessions, rounds):
    """Each session is asked and answered so many times, over eight connections."""
    def work(part):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        rng = random.Random(part[0])
        for session in part:
            for _ in range(rounds):
                x = [rng.gauss(0, 1) for _ in range(8)]
                status, answer = server.call("POST", f"/api/v1/sessions/{session}/predict", {"features": x}, connection)
                assert status == 200, answer
                status, answer = server.call("POST", f"/api/v1/sessions/{session}/outcomes", {"prediction_id": answer["prediction_id"], "actual": int(x[0] + rng.gauss(0, 1) > 0)}, connection)
                assert status == 200, answer
    parts = [p for p in (sessions[i::8] for i in range(8)) if p]
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        list(pool.map(work, parts))


def many(options, server):
    first = server.start()
    print(f"- started empty in {first:.1f} s, {server.rss_mb():.0f} MiB")
    begun = time.monotonic()
    sessions = [server.session(f"S{i}") for i in range(options.count)]
    print(f"- {options.count} sessions started in {time.monotonic() - begun:.1f} s, {server.rss_mb():.0f} MiB")
    teach(server, sessions, options.rounds)
    print(f"- each asked and answered {options.rounds} times: {server.rss_mb():.0f} MiB")
    time.sleep(70)
    print(f"- after their snapshots: {server.rss_mb():.0f} MiB")
    server.stop(signal.SIGKILL)
    print(f"- killed; ready again in {server.start():.1f} s, {server.rss_mb():.0f} MiB")
    server.stop()


def restart(options, server):
    server.start()
    sessions = [server.session(f"R{i}") for i in range(4)]
    total = 0
    while total < options.events:
        for session in sessions:
            wrk(server, session, 10)
        total = sum(server.call("GET", f"/api/v1/sessions/{s}/metrics")[1]["seq"] for s in sessions)
    server.stop(signal.SIGKILL)
    print(f"- {total:,} entries in {len(sessions)} sessions; killed: ready in {server.start():.1f} s")
    server.stop()
    print(f"- stopped in good order: ready in {server.start():.1f} s")
    server.stop()


def soak(options, server):
    folder = os.path.join(server.home, "..")
    bars = int(options.days * 1440)
    feeds = []
    for i in range(options.symbols):
        path = os.path.join(folder, f"M{i:03}.csv")
        with open(path, "w") as file:
            file.write("timestamp,open,high,low,close,volume\n")
            rng, price = random.Random(i), 100.0
            for minute in range(bars):
                close = price * (1 + rng.gauss(0, 0.0005))
                high, low = max(price, close) * 1.0002, min(price, close) * 0.9998
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_040 + 60 * minute))
                file.write(f"{stamp},{price:.6f},{high:.6f},{low:.6f},{close:.6f},{100 + rng.random() * 50:.3f}\n")
                price = close
        feeds += [f"csv:{path},pace={options.pace}"]
    server.more = ("--feed", *feeds)
    server.start()
    begun = time.monotonic()
    print("| seconds | bars taken | memory MiB |\n|--:|--:|--:|")
    taken = 0
    while taken < bars * options.symbols:
        time.sleep(10)
        text = server_text(server, "/metrics")
        taken = sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("hone_session_seq{")) - 2 * options.symbols
        print(f"| {time.monotonic() - begun:.0f} | {taken:,.0f} | {server.rss_mb():.0f} |", flush=True)
    server.stop()


def server_text(server, path):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {server.key}"})
    return connection.getresponse().read().decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["load", "sessions", "restart", "soak"])
    parser.add_argument("--store", default="sqlite")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--symbols", type=int, default=100)
    parser.add_argument("--days", type=float, default=1)
    parser.add_argument("--pace", default="0")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hone-serve-") as folder:
        home = os.path.join(folder, "home")
        os.mkdir(home, 0o700)
        server = Server(home, options.store)
        try:
            {"load": load, "sessions": many, "restart": restart, "soak": soak}[options.what](options, server)
        finally:
            if getattr(server, "process", None) and server.process.poll() is None:
                server.process.kill()
                server.process.wait()


if __name__ == "__main__":
    main()
