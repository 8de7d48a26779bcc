"""The file with the certificate of a helpdesk's issuer, where that is none of the usual ones."""

from __future__ import annotations

from pathlib import Path

from plugin.configuration.document import Block
from plugin.configuration.fields import Complaint
from plugin.configuration.findings import Findings


def certificate_file(helpdesk: Block, written: str) -> Path:
    """Where `ca_file` is: relative to the file that names it."""
    return helpdesk.span.source.directory / written.strip()


def check_certificates(root: Block, findings: Findings, files: set[Path]) -> None:
    """Each must be readable and hold a certificate; a change of one is a change of the file."""
    section = root.get("helpdesks")
    for name, helpdesk in section.items() if isinstance(section, Block) else ():
        written = helpdesk.get("ca_file") if isinstance(helpdesk, Block) else None
        if not isinstance(written, str) or not written.strip():
            continue
        path = certificate_file(helpdesk, written)
        files.add(path)
        if reason := _why_unusable(path):
            complaint = Complaint(
                "a readable file with the issuer's certificate (PEM)",
                got=f"{written!r}: {reason}",
                remedy=f"paths are relative to {helpdesk.span.source.directory}",
            )
            findings.complain(("helpdesks", name, "ca_file"), complaint)


def _why_unusable(path: Path) -> str:
    import ssl

    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return "no certificate in it"
    except (OSError, ValueError) as error:
        return (getattr(error, "strerror", None) or "unreadable").lower()
    return ""
