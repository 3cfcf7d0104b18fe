#!/usr/bin/env python3
"""A work-prod service on loopback, as version 0.3.0 behaves: its contract, and what was observed of it beyond.

usage: work_prod.py PORT_FILE [keep-type] [strip-names] [trim=N]

It keeps nothing on disk. `project_type` is not taken from clients, lengths are not enforced, times are whole seconds, an
empty name is taken by PATCH, and what is wrong beneath the interface is answered in HTML.

    keep-type     as a newer one: `project_type` is kept
    strip-names   white space around names is dropped, as some servers and databases do
    trim=N        organizations are cut after N characters

Beside the interface, for what an administrator of the database does:

    PUT /database/ID    sets columns to what the body says, and `updated_at` stays
It ends by itself after an hour.
"""

import json
import re
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

import loopback

FIELDS = ("name", "path", "organization", "classification", "project_type", "status", "description", "remote_url")
WORDS = {
    "classification": ("primary", "secondary", "archive", "maintenance"),
    "project_type": ("Work", "Personal", "Learning", "Inactive"),
    "status": ("active", "paused", "completed", "cancelled"),
}
OPTIONS = set()
ROWS = {}
LOCK = threading.Lock()
LAST = 0


class Refusal(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Page(Exception):
    """What the server beneath answers by itself."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())


def limit(name):
    return next((int(option.split("=")[1]) for option in OPTIONS if option.startswith(name + "=")), None)


def checked(body, number):
    """The columns that a request sets."""
    if not isinstance(body, dict):
        raise Refusal(400, "Request body must be a JSON object")
    values = {}
    for key in FIELDS:
        if key not in body or key == "project_type" and "keep-type" not in OPTIONS:
            continue
        value = body[key]
        if key == "status" and value is None:
            raise Refusal(400, "Status cannot be null")
        if key in WORDS and value is not None and value not in WORDS[key]:
            raise Refusal(400, f"Invalid {key}. Must be one of: {', '.join(WORDS[key])}")
        if key == "name" and isinstance(value, str) and "strip-names" in OPTIONS:
            value = value.strip()
        if key == "organization" and isinstance(value, str) and limit("trim"):
            value = value[: limit("trim")]
        values[key] = value
    if number is None and not values.get("name"):
        raise Refusal(400, "Name is required")
    path = values.get("path")
    if path is not None and any(row["path"] == path for key, row in ROWS.items() if key != number):
        raise Refusal(409, "Project with this path already exists")
    return values


def create(body):
    global LAST
    values = checked(body, None)
    LAST += 1
    ROWS[LAST] = {key: None for key in FIELDS} | {"id": LAST, "status": "active"} | values
    ROWS[LAST]["created_at"] = ROWS[LAST]["updated_at"] = now()
    return ROWS[LAST]


def change(number, values):
    row = ROWS[number]
    if any(row[key] != value for key, value in values.items()):
        row.update(values)
        row["updated_at"] = now()
    return row


def imported(body):
    if not isinstance(body, dict):
        raise Refusal(400, "Request body must be a JSON object")
    if "projects" not in body:
        raise Refusal(400, "Missing 'projects' field")
    if not isinstance(body["projects"], list):
        raise Refusal(400, "'projects' field must be a list")
    report = {"imported": 0, "skipped": 0, "errors": []}
    for item in body["projects"]:
        url = item.get("remote_url") if isinstance(item, dict) else None
        if url and any(row["remote_url"] == url for row in ROWS.values()):
            report["skipped"] += 1
            continue
        try:
            create(item)
            report["imported"] += 1
        except Refusal as refusal:
            report["skipped"] += 1
            name = item.get("name") if isinstance(item, dict) else None
            report["errors"].append({"project": name, "error": str(refusal)})
    return report


def listed(query):
    rows = [ROWS[key] for key in sorted(ROWS)]
    for key in ("status", "classification", "project_type", "organization"):
        for value in query.get(key, [])[:1]:
            if key in WORDS and value not in WORDS[key]:
                if key == "project_type":
                    raise Refusal(400, f"Invalid {key}. Must be one of: {', '.join(WORDS[key])}")
                continue
            rows = [row for row in rows if row[key] == value]
    for value in query.get("search", [])[:1]:
        like = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in value)
        found = re.compile(like, re.IGNORECASE | re.ASCII | re.DOTALL)
        rows = [row for row in rows if any(found.search(row[key] or "") for key in ("name", "description"))]
    return rows


class Handler(loopback.Handler):
    timeout = 60

    def one(self):
        head = self.head()
        if head is None:
            return False
        method, target, headers = head
        if headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self.rfile.read(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        try:
            with LOCK:
                status, answer, more = self.answered(method, parts, headers, body)
        except Refusal as refusal:
            status, answer, more = refusal.status, {"error": str(refusal)}, ""
        except Page as page:
            status, answer, more = page.status, f"<!doctype html>\n<title>{page.status}</title>\n", ""
        kind = "text/html; charset=utf-8" if isinstance(answer, str) else "application/json"
        data = b"" if answer is None else (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        length = "" if answer is None else f"Content-Type: {kind}\r\nContent-Length: {len(data)}\r\n"
        self.send(f"HTTP/1.1 {status} Said\r\n{length}{more}Connection: close\r\n\r\n".encode() + data)
        return False

    def json(self, headers, body, empty=False):
        if headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise Page(415)
        if empty and not body:
            return {}
        try:
            return json.loads(body)
        except ValueError:
            raise Page(400) from None

    def answered(self, method, parts, headers, body):
        words = parts.path.strip("/").split("/")
        if words[0] == "database":
            ROWS[int(words[1])].update(json.loads(body))
            return 200, ROWS[int(words[1])], ""
        if words[:1] != ["api"]:
            raise Page(404)
        match method, words[1:]:
            case "GET", ["health"]:
                return 200, {"status": "ok", "message": "Flask backend is running"}, ""
            case "HEAD", ["projects"]:
                return 500, None, ""
            case "GET", ["projects"]:
                return 200, listed(parse_qs(parts.query, keep_blank_values=True)), ""
            case "POST", ["projects"]:
                row = create(self.json(headers, body))
                return 201, row, f"Location: /api/projects/{row['id']}\r\n"
            case "POST", ["projects", "import"]:
                if headers.get("content-type", "").split(";")[0].strip() != "application/json":
                    raise Refusal(400, "Content-Type must be application/json")
                try:
                    value = json.loads(body)
                except ValueError:
                    raise Refusal(400, "Invalid JSON") from None
                return 201, imported(value), ""
            case _, ["projects", word, *more] if more in ([], ["archive"]):
                if not re.fullmatch("[0-9]+", word):
                    raise Refusal(400, "Invalid project ID format")
                number = int(word)
                if number > 2**63 - 1:
                    raise Page(500)
                if number not in ROWS:
                    raise Refusal(404, "Project not found")
                match method, more:
                    case "GET", []:
                        return 200, ROWS[number], ""
                    case "PATCH", []:
                        return 200, change(number, checked(self.json(headers, body, True), number)), ""
                    case "DELETE", []:
                        del ROWS[number]
                        return 204, None, ""
                    case "PUT", ["archive"]:
                        return 200, change(number, {"classification": "archive", "status": "completed"}), ""
        raise Page(405 if words[1:2] == ["projects"] else 404)


if __name__ == "__main__":
    OPTIONS.update(sys.argv[2:])
    loopback.serve(Handler, sys.argv[1], 3600)
