"""The recorded traffic as tests use it: requests with their answers, and webhook calls byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "samples"
ZAMMAD_SECRET = "lab-secret-123"
ZAMMAD_OTHER_SECRET = "s3cr3t"  # of the one webhook that also sends a password


@dataclass(frozen=True)
class RecordedCall:
    """One webhook call as it arrived. `secret` is None where the host was told not to sign."""

    case: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    secret: str | None

    @property
    def parsed(self) -> Any:
        return json.loads(self.body)


def sample(path: str) -> Any:
    """A whole sample, such as `zammad-live/api-ticket-get`."""
    return json.loads((SAMPLES / f"{path}.json").read_text(encoding="utf-8"))


def answer(path: str) -> Any:
    """The body of a recorded answer."""
    return sample(path)["response"]["body"]


def names(folder: str, pattern: str) -> list[str]:
    """The samples of a folder, as `sample` takes them."""
    return sorted(f"{folder}/{file.stem}" for file in (SAMPLES / folder).glob(f"{pattern}.json"))


def zammad_calls() -> Iterator[RecordedCall]:
    """Every recorded Zammad delivery that has a body."""
    for name in names("zammad-live", "webhook-*"):
        for number, delivery in enumerate(sample(name).get("deliveries", ())):
            headers = {key.lower(): value for key, value in delivery["raw_headers"]}
            if not delivery["raw_body"]:
                continue
            secret = ZAMMAD_OTHER_SECRET if "authorization" in headers else ZAMMAD_SECRET
            yield RecordedCall(
                case=f"{name.removeprefix('zammad-live/webhook-')}-{number}",
                method=delivery["method"],
                headers=headers,
                body=delivery["raw_body"].encode(),
                secret=secret if "x-hub-signature" in headers else None,
            )


def freescout_calls() -> Iterator[RecordedCall]:
    """Every recorded FreeScout delivery that has a body."""
    for name in names("freescout", "webhook-*"):
        recorded = sample(name)
        if not recorded.get("raw_body"):
            continue
        yield RecordedCall(
            case=name.removeprefix("freescout/webhook-"),
            method=recorded["method"],
            headers={key.lower(): value for key, value in recorded["headers"]},
            body=recorded["raw_body"].encode(),
            secret=recorded["secret"],
        )
