"""A newsletter is made once and filled in for each reader: to the byte the letter that would have been made anew."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tbb import mail
from tbb.mail_mould import Mould

MARK, READER = "0" * 48, "9f3" * 16
HERE = "https://tjanst.exempelby.example"
AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def made(recipient: str, message_id: str, mark: str):
    """A letter for one reader, made from its words."""
    links = f"Avsluta:\n{HERE}/nyhetsbrev/avsluta/{mark}\n\n{'å' * 70} {HERE}/nyhetsbrev/mina/{mark}\n.\n..rad\n"
    return mail.compose(
        sender="Tjänsten <brev@tbb.example>", recipient=recipient, subject="Hösten i länet " * 8, body=links,
        html=f'<p>.</p><p style="{"margin:0;" * 9}"><a href="{HERE}/x/{mark}">Avsluta</a></p>\n',
        message_id=message_id,
        list_headers={"List-Unsubscribe": f"<{HERE}/nyhetsbrev/avsluta/{mark}>, <mailto:a@b.example?subject={mark}>"},
    )  # fmt: skip


@pytest.fixture
def at_noon(at):
    """Letters bear their date."""
    at(AT)


@pytest.mark.parametrize("recipient", ["n@lasare.example", "n@läsare.example", f"{'n' * 60}@{'lang.' * 30}example"])
def test_filled_in_it_is_the_letter_to_the_byte(at_noon, recipient):
    mould = Mould(made("x@x.example", "<x@tbb.example>", MARK), MARK)
    filled = mould.fill(recipient=recipient, message_id="<abc@tbb.example>", at=AT, mark=READER)
    anew = mail.ready(made(recipient, "<abc@tbb.example>", READER))
    (there, *_), (here, *_) = (re.findall(rb'boundary="([^"]+)"', each.words) for each in (filled, anew))
    assert filled.words.replace(there, here) == anew.words
    assert (filled.sender, filled.recipient) == (anew.sender, anew.recipient)
    assert b"=\r\n" in filled.words and MARK.encode() not in filled.words.replace(b"=\r\n", b"")


@pytest.mark.parametrize("mark", ["9" * 47, "9" * 46 + "\r\n", "9" * 47 + "å", "<" * 48])
def test_only_a_mark_is_put_in(at_noon, mark):
    mould = Mould(made("x@x.example", "<x@tbb.example>", MARK), MARK)
    with pytest.raises(ValueError, match="not the mark"):
        mould.fill(recipient="n@lasare.example", message_id="<abc@tbb.example>", at=AT, mark=mark)
    with pytest.raises(mail.BadAddress):
        mould.fill(recipient="n@lasare.example\r\nBcc: x@x.example", message_id="<a@b>", at=AT, mark=READER)
