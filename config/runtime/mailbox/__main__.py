"""`python -m config.runtime.mailbox --smtp 1025 --http 8025 --folder .voldaan/mail`."""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.runtime.mailbox.page import MailboxServer
from config.runtime.mailbox.store import MailStore

log = logging.getLogger("mailbox")
MEGABYTE = 1024 * 1024


class Catcher:
    """What aiosmtpd calls for every mail."""

    def __init__(self, store: MailStore) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's signature
        content = envelope.original_content or b""
        self.store.add(content, envelope.rcpt_tos)
        log.info("caught a mail for %d recipient(s), %d bytes", len(envelope.rcpt_tos), len(content))
        return "250 Message accepted"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp", type=int, default=1025)
    parser.add_argument("--http", type=int, default=8025)
    parser.add_argument("--folder", type=Path, default=Path(".voldaan/mail"))
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    store = MailStore(asked.folder)
    smtp = Controller(Catcher(store), hostname="127.0.0.1", port=asked.smtp, data_size_limit=50 * MEGABYTE)
    smtp.start()
    pages = MailboxServer(("127.0.0.1", asked.http), store)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    log.info("SMTP on port %d, page on http://127.0.0.1:%d/", asked.smtp, asked.http)
    try:
        pages.serve_forever()
    except KeyboardInterrupt:
        pages.server_close()
    finally:
        smtp.stop()


if __name__ == "__main__":
    main()
