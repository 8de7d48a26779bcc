"""What of a mail its writer wrote just now."""

from pathlib import Path

import pytest
import yaml

from plugin.domain.quoting import fresh_html, fresh_text

_CORPUS = yaml.safe_load(
    (Path(__file__).parent / "quoting_corpus.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("mail", [pytest.param(mail, id=mail["name"]) for mail in _CORPUS])
def test_the_fresh_part_of_a_mail(mail: dict[str, str]) -> None:
    subject = mail.get("subject", "")

    if "html" in mail:
        found = fresh_html(mail["html"], subject=subject)
    else:
        found = fresh_text(mail["text"], subject=subject)

    assert found == mail["fresh"]
