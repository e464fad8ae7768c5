#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""/health, /db-status and /db-test over HTTP, on the port that is the first argument (default 5000).
The connection is that of the PG* variables. Needs psycopg2. A state of failed answers 503."""
import http.server
import sys

import psycopg2

CALLS = {"/health": "quant.health()", "/db-status": "quant.db_status()", "/db-test": "quant.db_test()"}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path not in CALLS:
            return self.send_error(404)
        try:
            with psycopg2.connect(connect_timeout=5, options="-c statement_timeout=10s") as connection:
                with connection.cursor() as cursor:
                    cursor.execute(f"SELECT r::text, coalesce(r ->> 'state', 'ok') FROM {CALLS[self.path]} r")
                    body, state = cursor.fetchone()
            connection.close()
        except psycopg2.Error as error:
            # What is wrong in detail is for the log, not for whoever asks.
            self.log_error("%s", error)
            body, state = '{"state": "failed", "sqlstate": "%s"}' % (error.pgcode or "08006"), "failed"
        self.send_response(200 if state in ("ok", "warning", "unknown") else 503)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
