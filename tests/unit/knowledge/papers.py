"""Small PDF and DOCX files, made as tests need them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(pages: Sequence[Sequence[str]], *, outline: Sequence[tuple[str, int]] = (), password: str = "") -> bytes:
    """Return a PDF whose pages show these lines, one below the other; the outline names headings and their pages."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    reference = writer._add_object(font)
    for lines in pages:
        page = writer.add_blank_page(width=595, height=842)
        fonts = DictionaryObject({NameObject("/F1"): reference})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = "".join(f"({line.translate(str.maketrans({'(': '[', ')': ']'}))}) Tj 0 -16 Td " for line in lines)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 50 800 Td {shown}ET".encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(content)
    for title, number in outline:
        writer.add_outline_item(title=title, page_number=number)
    if password:
        writer.encrypt(user_password=password)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def word(*, title: str = "") -> bytes:
    """Return a DOCX with a heading, a paragraph, a list and a table."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.language = "en-GB"
    document.add_heading("Delivery", 1)
    document.add_paragraph("Parcels take three days.")
    document.add_heading("To Norway", 2)
    document.add_paragraph("By ship", style="List Bullet")
    document.add_paragraph("By plane", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Country", "Days"
    for country, days in (("Norway", "7"), ("Iceland", "9")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = country, days
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def bomb(unpacked: int) -> bytes:
    """Return a DOCX whose text unpacks to so many bytes of nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in source.infolist():
            data = source.read(file)
            archive.writestr(file, b" " * unpacked if file.filename == "word/document.xml" else data)
    return made.getvalue()
