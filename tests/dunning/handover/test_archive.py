"""The zip of a dossier: the same bytes every time, and every change found."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dunning.dossier.archive import MANIFEST, Entry, pack, problems

AT = datetime(2026, 11, 23, 9, 30, 15, tzinfo=UTC)
ENTRIES = {"b/brief.pdf": Entry(b"%PDF brief", "De brief"), "a.txt": Entry("één".encode(), "Tekst")}


def packed() -> bytes:
    return pack(ENTRIES, about={"creditor": "De Korrel"}, at=AT)


def changed(changes: dict[str, bytes | None]) -> bytes:
    """The same dossier with these files replaced, added or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(packed())) as old:
        files = {name: old.read(name) for name in old.namelist()}
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as new:
        for name, content in ({**files, **changes}).items():
            if content is not None:
                new.writestr(name, content)
    return result.getvalue()


def test_the_same_files_give_the_same_bytes_whatever_their_order() -> None:
    assert packed() == pack(dict(reversed(ENTRIES.items())), about={"creditor": "De Korrel"}, at=AT)


def test_the_manifest_names_every_file_with_its_sum() -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    assert [(file["path"], file["size"], file["what"]) for file in manifest["files"]] == [
        ("a.txt", 5, "Tekst"),
        ("b/brief.pdf", 10, "De brief"),
    ]
    assert (manifest["format"], manifest["made_at"]) == ("voldaan-dossier/1", "2026-11-23T09:30:15+00:00")


def test_an_untouched_dossier_has_no_problems() -> None:
    assert problems(packed()) == []
    assert problems(changed({})) == []  # packed again by another program, same files


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"a.txt": b"anders"}, "a.txt: is gewijzigd."),
        ({"a.txt": None}, "a.txt: ontbreekt."),
        ({"extra.pdf": b"x"}, "extra.pdf: staat niet in het manifest."),
        ({MANIFEST: b"{}"}, "Onbekende opmaak: None, verwacht 'voldaan-dossier/1'."),
    ],
)
def test_every_change_is_found(changes: dict[str, bytes | None], problem: str) -> None:
    assert problems(changed(changes)) == [problem]


@pytest.mark.parametrize("content", [b"", b"PK", b"geen zip", packed()[:-40]])
def test_what_is_no_dossier_is_said_to_be_none(content: bytes) -> None:
    (problem,) = problems(content)
    assert problem.startswith("Dit is geen leesbaar dossier")


def test_the_command_says_whether_a_dossier_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = tmp_path / "goed.zip", tmp_path / "fout.zip"
    right.write_bytes(packed())
    wrong.write_bytes(changed({"a.txt": b"anders"}))

    call_command("verify_dossier", str(right))
    assert "goed.zip klopt." in capsys.readouterr().out
    with pytest.raises(CommandError, match="klopt niet"):
        call_command("verify_dossier", str(wrong))
    assert "a.txt: is gewijzigd." in capsys.readouterr().err
    with pytest.raises(CommandError, match="klopt niet"):
        call_command("verify_dossier", str(right), sha256="0" * 64)
    with pytest.raises(CommandError, match="niet te lezen"):
        call_command("verify_dossier", str(tmp_path / "weg.zip"))
