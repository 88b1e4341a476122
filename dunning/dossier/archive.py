"""The dossier as one zip: a manifest with the SHA-256 of every file, and the check that anybody can repeat.

Same files and moment, same bytes. A changed, added or removed file shows in `problems`.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORMAT = "voldaan-dossier/1"
MANIFEST = "manifest.json"
MOST_BYTES = 512 * 1024 * 1024  # unpacked: a dossier is letters and invoices, not a film
MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the dossier and what it is."""

    content: bytes
    what: str


def pack(entries: Mapping[str, Entry], *, about: Mapping[str, Any], at: datetime) -> bytes:
    """Put the files and their manifest in a zip; `about` stands at the head of the manifest."""
    files = [
        {"path": path, "sha256": _sha256(entry.content), "size": len(entry.content), "what": entry.what}
        for path, entry in sorted(entries.items())
    ]
    manifest = {"format": FORMAT, "made_at": at.isoformat(timespec="seconds"), **about, "files": files}
    everything = {MANIFEST: as_json(manifest), **{path: entry.content for path, entry in entries.items()}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(everything):
            archive.writestr(_member(path, at), everything[path])
    return packed.getvalue()


def problems(packed: bytes) -> list[str]:
    """What is wrong with a dossier, in Dutch; nothing when every file is there, unchanged, and no file too many."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return _problems_in(archive)
    except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        return [f"Dit is geen leesbaar dossier: {error}"]


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _problems_in(archive: zipfile.ZipFile) -> list[str]:
    infos = archive.infolist()
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        return ["Het bestand is uitgepakt te groot voor een dossier."]
    names = [info.filename for info in infos]
    twice = sorted({name for name in names if names.count(name) > 1})
    manifest = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        return [f"Onbekende opmaak: {manifest.get('format')!r}, verwacht {FORMAT!r}."]
    listed = {str(file["path"]): file for file in manifest["files"]}
    found = [f"{name}: staat er twee keer in." for name in twice]
    found += [f"{path}: ontbreekt." for path in sorted(set(listed) - set(names))]
    found += [f"{name}: staat niet in het manifest." for name in sorted(set(names) - set(listed) - {MANIFEST})]
    for path in sorted(set(listed) & set(names)):
        if _sha256(archive.read(path)) != listed[path]["sha256"]:
            found.append(f"{path}: is gewijzigd.")
    return found


def _member(path: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, date_time=(at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2))
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    return info


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
