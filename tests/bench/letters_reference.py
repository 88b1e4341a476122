"""Two other ways to print the same letter, as measures for ours: the naive one and WeasyPrint tuned as far as it goes.

Both carry what our letter carries: letterhead with logo, address window, five invoices, texts, payment block with QR
code, footer. w0: a style sheet in the page, QR and logo as SVG, nothing kept between letters. w8: one font configuration,
the style sheet parsed once, an image cache, QR of one pixel per module with a fixed mask, PNG logo, two subset fonts,
fixed table layout, no page counters, and the garbage collector frozen (it runs every 50 letters). Neither is tagged.
"""

from __future__ import annotations

import gc
import io
from base64 import b64encode
from html import escape

import segno
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from dunning.letters.content import NoticeContent
from dunning.letters.draft import Draft, draft
from dunning.letters.render import FONTS

LOGO_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 120"><rect y="20" width="80" height="80" fill="#1f4e5f"/>'
    '<path d="M110 30h40v60h-40zM170 30h300v12H170zM170 60h260v12H170z" fill="#1f4e5f"/></svg>'
)
STYLE = """
@page { size: A4; margin: 20mm 20mm 20mm 25mm }
body { margin: 0 } html { font: 9.2pt/1.33 "%s", serif } b, th { font-weight: 600 } p { margin: 0 0 5pt }
.logo { position: absolute; top: 0; left: 0; width: 80mm; height: 20mm }
.from { position: absolute; top: 22mm; left: 112mm; width: 53mm; font-size: 8pt }
.return { position: absolute; top: 31mm; left: 0; width: 95mm; font-size: 6.5pt }
.to { position: absolute; top: 34mm; left: 0; width: 90mm }
h1 { font-size: 12pt; margin: 72mm 0 8pt }
table { width: 100%%; border-collapse: collapse%s } th { text-align: left } td, th { padding: 2pt 0 } .m { text-align: right }
.qr { float: right } .qr img { width: 28mm; height: 28mm; image-rendering: pixelated }
.foot { position: fixed; bottom: -8mm; left: 0; right: 0; font-size: 7.5pt; margin: 0 }
"""
FACES = "".join(
    f'@font-face {{ font-family: "Voldaan Serif"; src: url({(FONTS / name).as_uri()}); font-weight: {weight} }}'
    for name, weight in (("VoldaanSerif-Regular.ttf", 400), ("VoldaanSerif-Semibold.ttf", 600))
)


def naive(content: NoticeContent) -> bytes:
    """w0."""
    code = segno.make(content.transfer.epc_payload(), error="m").svg_data_uri(scale=3)
    style = f"<style>{STYLE % ('DejaVu Serif', '')}</style>"
    logo = f"data:image/svg+xml;base64,{b64encode(LOGO_SVG.encode()).decode()}"
    return bytes(HTML(string=_page(content, draft(content), logo=logo, code=code, style=style)).write_pdf())


class Tuned:
    """w8."""

    def __init__(self, logo: bytes) -> None:
        self.logo = _data_uri(logo)
        self.fonts = FontConfiguration()
        self.style = CSS(string=FACES + STYLE % ("Voldaan Serif", "; table-layout: fixed"), font_config=self.fonts)
        self.images: dict[str, object] = {}
        self.made = 0
        gc.collect()

    def __call__(self, content: NoticeContent) -> bytes:
        payload = content.transfer.epc_payload().encode()
        picture = io.BytesIO()
        segno.make_qr(payload, error="m", mask=2, boost_error=False).save(picture, kind="png", scale=1, border=4)
        page = _page(content, draft(content), logo=self.logo, code=_data_uri(picture.getvalue()), style="")
        pdf = HTML(string=page).write_pdf(stylesheets=[self.style], font_config=self.fonts, cache=self.images)
        self.made += 1
        if self.made % 50 == 0:
            gc.collect()
        return bytes(pdf)


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _page(content: NoticeContent, words: Draft, *, logo: str, code: str, style: str) -> str:
    sender, recipient = content.sender, content.recipient
    rows = "".join(
        f"<tr><td>{escape(row.number)}</td><td>{row.issued_on}</td><td>{row.due_on}</td>"
        f'<td class="m">{row.original}</td><td class="m">{row.paid}</td><td class="m">{row.open}</td></tr>'
        for row in words.rows
    )
    facts = {
        words.labels["amount"]: words.amount,
        words.labels["pay_by"]: words.pay_by,
        "IBAN": words.iban,
        words.labels["account_name"]: content.account_name,
        words.labels["payment_reference"]: words.reference,
        words.labels["pay_online"]: content.pay_url,
    }
    pay = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in facts.items())
    head = "".join(
        f"<th>{words.labels[key]}</th>" for key in ("invoice", "issued_on", "due_on", "original", "paid", "open")
    )
    total = words.total
    return f"""<!DOCTYPE html><html lang="{content.language}"><head><meta charset="utf-8"><title>{escape(words.subject)}</title>{style}</head>
<body><p class="foot">KvK {sender.kvk_number} · Btw {sender.vat_number} · IBAN {words.iban}</p><img class="logo" src="{logo}" alt="">
<p class="from"><b>{escape(sender.name)}</b><br>{"<br>".join(map(escape, sender.address_lines))}<br>{sender.phone}<br>{sender.email}<br>{sender.website}
<br><br>{words.labels["date"]}: {words.date}<br>{words.labels["customer_number"]}: {recipient.customer_number}</p>
<p class="return">{escape(sender.name)} · {" · ".join(map(escape, sender.address_lines))}</p>
<p class="to">{escape(recipient.name)}<br>{escape(recipient.contact)}<br>{"<br>".join(map(escape, recipient.address_lines))}</p>
<h1>{escape(words.subject)}</h1><p>{escape(words.salutation)}</p>{"".join(f"<p>{escape(part)}</p>" for part in words.opening)}
<table><thead><tr>{head}</tr></thead><tbody>{rows}<tr><td colspan="3"><b>{words.labels["total"]}</b></td><td class="m">{total.original}</td>
<td class="m">{total.paid}</td><td class="m">{total.open}</td></tr></tbody></table>
<p class="qr"><img src="{code}" alt=""><br>{words.labels["qr"]}</p><table style="width:120mm">{pay}</table>
{"".join(f"<p>{escape(part)}</p>" for part in words.closing)}<p>{escape(words.reservation)}</p>
<p>{words.sign_off}<br><br>{escape(sender.signatory)}<br><b>{escape(sender.name)}</b></p></body></html>"""
