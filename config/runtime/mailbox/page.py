"""The page of the mailbox: a list, each mail as text, HTML, attachments and source."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from config.runtime.mailbox.store import CaughtMail, MailStore, content_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)]")
OWN_PAGE = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
FOREIGN_HTML = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox allow-top-navigation-by-user-activation allow-popups"
STYLE = """
:root{color-scheme:light dark;--line:light-dark(#d8dde3,#333b45);--soft:light-dark(#5b6673,#9aa7b5);--paper:light-dark(#fff,#171b20)}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;background:light-dark(#f4f6f8,#0f1216)}
main{max-width:88rem;margin:0 auto;padding:1.5rem 1rem}h1{font-size:1.3rem;margin:0 0 1rem}a{color:light-dark(#0b5c7a,#7cc7e8)}
table{width:100%;border-collapse:collapse;background:var(--paper);border:1px solid var(--line)}th,td{text-align:left;padding:.5rem .75rem;
border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}th{font-size:.8rem;color:var(--soft);font-weight:600}
.time{white-space:nowrap;font-variant-numeric:tabular-nums;color:var(--soft)}.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0 0 1rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--line);padding:1rem;margin:0 0 1rem;font:14px/1.5 ui-monospace,monospace}
iframe{width:100%;height:75vh;border:1px solid var(--line);background:#fff}h2{font-size:1rem;margin:1.5rem 0 .5rem}
header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;flex-wrap:wrap}button{font:inherit;padding:.3rem .8rem}
.both{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(32rem,100%),1fr));gap:0 1.5rem;align-items:start}
@media(max-width:40rem){.wide{display:none}}
"""


def list_page(store: MailStore) -> str:
    rows = "".join(_row(mail) for mail in store.newest())
    table = (
        "<table><thead><tr><th>Ontvangen</th><th>Aan</th><th>Onderwerp</th><th class='wide'>Van</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if rows
        else "<p class='soft'>Er is nog niets verstuurd. Nieuwe mail verschijnt hier vanzelf.</p>"
    )
    empty = "<form method='post' action='/leegmaken'><button>Leegmaken</button></form>" if rows else ""
    heading = f"<header><h1>Verstuurde mail ({store.count()})</h1>{empty}</header>"
    return _page("Verstuurde mail", heading + table, refresh=True)


def _row(mail: CaughtMail) -> str:
    clip = f" <span class='soft'>· {len(mail.attachments())} bijlage(n)</span>" if mail.attachments() else ""
    return (
        f"<tr><td class='time'>{_moment(mail)}</td><td>{escape(', '.join(mail.recipients))}</td>"
        f"<td><a href='/bericht/{mail.id}'>{escape(mail.subject)}</a>{clip}</td><td class='wide'>{escape(mail.sender)}</td></tr>"
    )


def mail_page(mail: CaughtMail) -> str:
    headers = {
        "Van": mail.sender,
        "Aan": str(mail.message["to"] or ", ".join(mail.recipients)),
        "Antwoord aan": str(mail.message["reply-to"] or ""),
        "Ontvangen": _moment(mail),
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in headers.items() if value)
    parts = [f"<header><h1>{escape(mail.subject)}</h1><a href='/'>Alle mail</a></header><dl>{rows}</dl>"]
    if mail.attachments():
        parts.append("<h2>Bijlagen</h2><ul>" + "".join(_attachment_links(mail)) + "</ul>")
    parts.append("<div class='both'>")
    if mail.body("html"):
        parts.append(
            f"<section><h2>Opgemaakt</h2><iframe title='Opgemaakte mail' src='/bericht/{mail.id}/html' "
            "sandbox='allow-top-navigation-by-user-activation allow-popups'></iframe></section>"
        )
    if mail.body("plain"):
        parts.append(f"<section><h2>Platte tekst</h2><pre>{_with_links(mail.body('plain'))}</pre></section>")
    parts.append("</div>")
    parts.append(f"<p><a href='/bericht/{mail.id}/bron'>Bron van deze mail</a></p>")
    return _page(mail.subject, "".join(parts))


def _attachment_links(mail: CaughtMail) -> list[str]:
    return [
        f"<li><a href='/bericht/{mail.id}/bijlage/{number}'>{escape(part.get_filename() or 'bijlage')}</a> "
        f"<span class='soft'>{len(content_of(part)) / 1024:.0f} kB</span></li>"
        for number, part in enumerate(mail.attachments())
    ]


def html_of(mail: CaughtMail) -> str:
    """The mail's own HTML; its links open in the whole window, its embedded pictures come from us."""
    html = re.sub(r"(['\"(])cid:([^'\")]+)", rf"\1/bericht/{mail.id}/beeld/\2", mail.body("html"))
    return "<base target='_top'>" + html


def _with_links(text: str) -> str:
    pieces = []
    position = 0
    for found in LINK.finditer(text):
        url = escape(found[0])
        pieces += [escape(text[position : found.start()]), f'<a href="{url}">{url}</a>']
        position = found.end()
    return "".join([*pieces, escape(text[position:])])


def as_json(store: MailStore) -> str:
    """The same list for a program: the tests read their mail here."""
    return json.dumps(
        [
            {
                "id": mail.id,
                "to": mail.recipients,
                "from": mail.sender,
                "subject": mail.subject,
                "received_at": mail.received_at.isoformat(),
                "text": mail.body("plain"),
                "attachments": [part.get_filename() for part in mail.attachments()],
                "headers": {name.lower(): str(text) for name, text in mail.message.items()},
            }
            for mail in store.newest()
        ]
    )


def _moment(mail: CaughtMail) -> str:
    return mail.received_at.astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M:%S")


def _page(title: str, body: str, *, refresh: bool = False) -> str:
    again = "<meta http-equiv='refresh' content='5'>" if refresh else ""
    return (
        f"<!doctype html><html lang='nl'><head><meta charset='utf-8'><title>{escape(title)}</title>{again}"
        "<meta name='viewport' content='width=device-width'><link rel='stylesheet' href='/stijl.css'></head>"
        f"<body><main>{body}</main></body></html>"
    )


class MailboxServer(ThreadingHTTPServer):
    """Serves one store."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: MailStore) -> None:
        super().__init__(address, Handler)
        self.store = store


class Handler(BaseHTTPRequestHandler):
    """Few paths, so no framework."""

    server: MailboxServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        match path.strip("/").split("/"):
            case [""]:
                self._send_html(list_page(self.server.store))
            case ["stijl.css"]:
                self._send(STYLE.encode(), "text/css")
            case ["berichten.json"]:
                self._send(as_json(self.server.store).encode(), "application/json")
            case ["favicon.ico"]:
                self._send(b"", "image/x-icon")
            case ["bericht", identifier, *rest]:
                self._send_mail(identifier, rest)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        if self.path != "/leegmaken" or self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self.server.store.empty()
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.end_headers()

    def _send_mail(self, identifier: str, rest: list[str]) -> None:
        mail = self.server.store.get(identifier)
        match rest:
            case _ if mail is None:
                self.send_error(HTTPStatus.NOT_FOUND)
            case []:
                self._send_html(mail_page(mail))
            case ["html"]:
                self._send(html_of(mail).encode(), "text/html; charset=utf-8", policy=FOREIGN_HTML)
            case ["bron"]:
                self._send(mail.raw, "text/plain; charset=utf-8")
            case ["bijlage", number] if number.isdigit() and int(number) < len(mail.attachments()):
                self._send_part(mail.attachments()[int(number)])
            case ["beeld", content_id] if (picture := mail.inline(content_id)) is not None:
                self._send_part(picture)
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _send_part(self, part: EmailMessage) -> None:
        shown = part.get_content_type() in {"application/pdf", "image/png", "image/jpeg", "image/gif"}
        media_type = part.get_content_type() if shown else "application/octet-stream"
        self._send(content_of(part), media_type, name=part.get_filename() or "bijlage")

    def _send_html(self, html: str) -> None:
        self._send(html.encode(), "text/html; charset=utf-8")

    def _send(self, content: bytes, media_type: str, *, policy: str = OWN_PAGE, name: str = "") -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        if media_type != "application/pdf":  # Chromium's viewer does not start under a policy
            self.send_header("Content-Security-Policy", policy)
        if name:
            self.send_header("Content-Disposition", f"inline; filename*=UTF-8''{quote(name)}")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a page that refreshes itself would fill the log."""
