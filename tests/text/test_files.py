"""Plain and gzip files as lines, and the ways in which they can be broken."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from seqnlp.errors import DataError
from seqnlp.text.files import file_digest, read_lines


def lines_of(path: Path, content: bytes) -> list[tuple[int, str]]:
    path.write_bytes(content)
    return list(read_lines(path))


def test_lines_are_numbered_from_one_without_their_ends(tmp_path: Path) -> None:
    assert lines_of(tmp_path / "a", b"one\r\n\ntwo\n three ") == [(1, "one"), (2, ""), (3, "two"), (4, " three ")]


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    odd = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    assert lines_of(tmp_path / "a", f"{odd}\nend".encode()) == [(1, odd), (2, "end")]


def test_a_byte_order_mark_is_dropped_where_a_line_begins_as_in_joined_files(tmp_path: Path) -> None:
    joined = "\ufeffone\n\ufefftwo\n\ufeff\nth\ufeffree\n"
    assert lines_of(tmp_path / "a", joined.encode()) == [(1, "one"), (2, "two"), (3, ""), (4, "th\ufeffree")]


def test_a_byte_order_mark_that_is_a_word_of_a_list_is_kept(tmp_path: Path) -> None:
    lines = ["the 0.1 0.2", "\ufeff 0.3 0.4", "\ufeff\t1"]
    assert [line for _, line in lines_of(tmp_path / "a", "\n".join(lines).encode())] == lines


@pytest.mark.parametrize("name", ["a.txt.gz", "a.txt"])
def test_gzip_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path, name: str) -> None:
    assert lines_of(tmp_path / name, gzip.compress("é\n".encode())) == [(1, "é")]
    assert lines_of(tmp_path / name, "é\n".encode()) == [(1, "é")]


def test_a_missing_file_is_named_with_the_closest_one(tmp_path: Path) -> None:
    (tmp_path / "train.conll").write_text("x")
    with pytest.raises(DataError, match=r"train\.conl: no such file \(did you mean 'train\.conll'\?\)"):
        list(read_lines(tmp_path / "train.conl"))
    with pytest.raises(DataError, match=r"no such file; there is no folder .*nowhere either"):
        list(read_lines(tmp_path / "nowhere" / "x"))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a file, found a folder"):
        list(read_lines(tmp_path))
    with pytest.raises(DataError, match="expected a file, found a folder"):
        file_digest(tmp_path)


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)], ids=["nothing", "gzip of nothing"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="the file is empty"):
        lines_of(tmp_path / "a", content)


def test_a_binary_file_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a:2: expected UTF-8 text, found a NUL byte: a binary file, or UTF-16 text"):
        lines_of(tmp_path / "a", b"text\n\x01\x00\n")
    with pytest.raises(DataError, match="UTF-16 text"):
        lines_of(tmp_path / "b", "text\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("content", "line", "place"),
    [
        (b"one\rtwo\rthree", 1, 4),
        (b"one\r\n\rtwo\r\n", 2, 1),
        (b"one\ntwo\r\r\n", 2, 4),
    ],
    ids=["all lines end so", "one line begins so", "lines converted twice"],
)
def test_a_carriage_return_without_a_line_feed_is_refused(
    tmp_path: Path, content: bytes, line: int, place: int
) -> None:
    with pytest.raises(DataError) as caught:
        lines_of(tmp_path / "a", content)
    assert str(caught.value) == (
        f"{tmp_path}/a:{line}: expected lines that end in a line feed, found a carriage return without a line feed at "
        f"byte {place} of the line; if lines end so (old Macs), convert with `tr '\\r' '\\n'`; otherwise put a "
        "space in its place"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_utf16_is_named_with_what_converts_it(tmp_path: Path, encoding: str) -> None:
    name = encoding[:6]
    for text in ("ten mills\nturn\n", "\ufeffMühle\tO\r\n"):
        actual = f"found {name.upper()} text; convert it with `iconv -f {name} -t utf-8`"
        with pytest.raises(DataError, match=f"a:1: expected UTF-8 text, {actual}"):
            lines_of(tmp_path / "a", text.encode(encoding))


def test_bytes_that_are_not_utf8_are_refused_with_line_and_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a:2: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line; convert"):
        lines_of(tmp_path / "a", b"fine\ncaf\xe9\n")


def test_a_gzip_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(b"line\n" * 1000)
    for length in (len(whole) - 1, len(whole) // 2, 5):
        with pytest.raises(DataError, match="the gzip file is cut off; copy or download it again"):
            lines_of(tmp_path / "a", whole[:length])


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"line\n" * 1000))
    whole[-6] ^= 0xFF  # in the checksum
    with pytest.raises(DataError, match=r"the gzip file is damaged \(CRC check failed"):
        lines_of(tmp_path / "a", bytes(whole))


def test_the_digest_is_that_of_the_raw_bytes(tmp_path: Path) -> None:
    content = gzip.compress(b"line\n")
    (tmp_path / "a.gz").write_bytes(content)
    assert file_digest(tmp_path / "a.gz") == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"PK\x03\x04\x14\0", "an Excel, Word or ZIP file; save it as CSV or text, or unpack it"),
        (b"\xfd7zXZ\0\0", "an xz file; unpack it with `unxz`"),
        (b"Rar!\x1a\x07", "a RAR file; unpack it"),
        (b"{\\rtf1\\ansi Hallo}", "a document in RTF; save it as plain text"),
        (b"%PDF-1.7\n", "a PDF file; extract its text first"),
        (b"\x89PNG\r\n\x1a\n", "an image (PNG); write what it shows as text"),
        (b"GIF89a", "an image (GIF); write what it shows as text"),
        (b"PAR1\x15\x04", "a parquet file"),
    ],
)
def test_other_kinds_of_files_are_called_by_their_names(tmp_path: Path, begin: bytes, kind: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(begin + bytes(range(256)))
    with pytest.raises(DataError, match=re.escape(f"expected UTF-8 text, found {kind}")):
        list(read_lines(path))


@pytest.mark.parametrize("line", ["PAR1,PAR2", "BZhang said so", "ARROW1 -> ARROW2", "PK"])
def test_text_that_begins_as_they_do_is_text(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"{line}\n")
    assert list(read_lines(tmp_path / "a.txt")) == [(1, line)]


def test_the_advice_about_other_bytes_keeps_the_signs_of_windows(tmp_path: Path) -> None:
    content = "it’s – naïve".encode("cp1252")
    with pytest.raises(DataError, match=r"byte 0x92 at byte 3 .*`iconv -f (\w+) -t utf-8`") as caught:
        lines_of(tmp_path / "a", content)
    encoding = str(caught.value).rpartition("iconv -f ")[2].split()[0]
    assert content.decode(encoding) == "it’s – naïve"
