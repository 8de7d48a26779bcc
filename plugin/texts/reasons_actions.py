"""What actions came to and why they were left out, in English, German and Dutch (see `reasons_words`)."""

from __future__ import annotations

from typing import Final

DONE: Final = (
    (
        "somebody set the state {x} meanwhile",
        "jemand hat inzwischen den Status {x} gesetzt",
        "iemand heeft intussen status {x} gezet",
    ),
    (
        "somebody moved the ticket to {x}, where they may not own it",
        "jemand hat das Ticket nach {x} verschoben, wo sie es nicht haben dürfen",
        "iemand heeft het ticket naar {x} verplaatst, waar zij het niet mogen hebben",
    ),
    (
        "the owner, whom somebody else chose, has no access to {x}",
        "die zuständige Person, die jemand anders gewählt hat, hat keinen Zugriff auf {x}",
        "de eigenaar, die iemand anders koos, heeft geen toegang tot {x}",
    ),
    (
        "noted",
        "notiert",
        "genoteerd",
    ),
    (
        "the note about it failed: {x}",
        "die Notiz dazu ist gescheitert: {x}",
        "de notitie erover is mislukt: {x}",
    ),
    (
        "its answer has no {x}",
        "die Antwort enthält {x} nicht",
        "het antwoord bevat {x} niet",
    ),
    (
        "rule {x} sets it to something else and stands first",
        "Regel {x} setzt etwas anderes und steht davor",
        "regel {x} zet iets anders en staat ervoor",
    ),
    (
        "rule {x} does the same",
        "Regel {x} tut dasselbe",
        "regel {x} doet hetzelfde",
    ),
    (
        "one reply at a time is enough",
        "eine Antwort auf einmal genügt",
        "één antwoord tegelijk is genoeg",
    ),
    (
        "guard replies_per_customer_per_day: {n} already sent",
        "schon {n} Antworten am Tag gesendet (guards.replies_per_customer_per_day)",
        "al {n} antwoorden per dag verstuurd (guards.replies_per_customer_per_day)",
    ),
    (
        "given up: {why!}",
        "aufgegeben: {why!}",
        "opgegeven: {why!}",
    ),
    (
        "a bug in Deskladder ({x}): please report it",
        "ein Fehler in Deskladder ({x}): bitte melden",
        "een fout in Deskladder ({x}): meld hem alstublieft",
    ),
    (
        "the ticket was merged into another",
        "das Ticket wurde mit einem anderen zusammengeführt",
        "het ticket is met een ander samengevoegd",
    ),
    (
        "the ticket was merged",
        "das Ticket wurde zusammengeführt",
        "het ticket is samengevoegd",
    ),
    (
        "the ticket was removed",
        "das Ticket wurde entfernt",
        "het ticket is verwijderd",
    ),
    (
        "the ticket is merged",
        "das Ticket ist zusammengeführt",
        "het ticket is samengevoegd",
    ),
    (
        "the ticket is removed",
        "das Ticket ist entfernt",
        "het ticket is verwijderd",
    ),
    (
        "the ticket is spam",
        "das Ticket ist Spam",
        "het ticket is spam",
    ),
    (
        "the ticket was closed meanwhile",
        "das Ticket wurde inzwischen geschlossen",
        "het ticket werd intussen gesloten",
    ),
    (
        "an agent answered meanwhile",
        "inzwischen wurde geantwortet",
        "intussen werd er geantwoord",
    ),
    (
        "nothing is left to say without a promise",
        "ohne Zusage bleibt nichts zu sagen",
        "zonder toezegging blijft er niets te zeggen",
    ),
    (
        "the note would be empty",
        "die Notiz wäre leer",
        "de notitie zou leeg zijn",
    ),
    (
        "the customer has no e-mail address",
        "es gibt keine E-Mail-Adresse",
        "er is geen e-mailadres",
    ),
    (
        "the customer is the helpdesk itself",
        "der Helpdesk hat sich selbst geschrieben",
        "de helpdesk heeft zichzelf geschreven",
    ),
    (
        "the customer is a robot: {why!}",
        "es schreibt ein Automat: {why!}",
        "er schrijft een automaat: {why!}",
    ),
    (
        "the newest message is automatic: {why!}",
        "die neueste Nachricht ist automatisch: {why!}",
        "het nieuwste bericht is automatisch: {why!}",
    ),
    ("already so: {rest!}", "schon so: {rest!}", "al zo: {rest!}"),
    ("tagged {x}", "Tags gesetzt: {x}", "tags gezet: {x}"),
    ("removed tag {x}", "Tags entfernt: {x}", "tags verwijderd: {x}"),
    ("priority {x} again", "Priorität wieder {x}", "prioriteit weer {x}"),
    ("priority {x}, was {y}", "Priorität {x}, vorher {y}", "prioriteit {x}, eerst {y}"),
    ("priority {x}", "Priorität {x}", "prioriteit {x}"),
    (
        "moved from {a} to {b}, which the owner has no access to",
        "von {a} nach {b} verschoben, wo die zuständige Person keinen Zugriff hat",
        "van {a} naar {b} verplaatst, waar de eigenaar geen toegang heeft",
    ),
    ("moved from {a} to {b}", "von {a} nach {b} verschoben", "van {a} naar {b} verplaatst"),
    ("back in {x}", "zurück in {x}", "terug in {x}"),
    (
        "assigned to nobody, {how!}",
        "niemandem zugewiesen, {how!}",
        "aan niemand toegewezen, {how!}",
    ),
    ("assigned to nobody", "niemandem zugewiesen", "aan niemand toegewezen"),
    ("assigned to {who}, {how!}", "{who} zugewiesen, {how!}", "toegewezen aan {who}, {how!}"),
    ("assigned to {who}", "{who} zugewiesen", "toegewezen aan {who}"),
    ("stays with {who}, {how!}", "bleibt bei {who}, {how!}", "blijft bij {who}, {how!}"),
    ("left to nobody: {how!}", "niemandem zugewiesen: {how!}", "aan niemand toegewezen: {how!}"),
    ("given back to {who}", "wieder bei {who}", "weer bij {who}"),
    ("nobody owns it again", "wieder bei niemandem", "weer bij niemand"),
    (
        "{who} follows the ticket, {how!}",
        "{who} folgt dem Ticket, {how!}",
        "{who} volgt het ticket, {how!}",
    ),
    ("{who} follows the ticket", "{who} folgt dem Ticket", "{who} volgt het ticket"),
    (
        "{who} is responsible, {how!}",
        "{who} ist zuständig, {how!}",
        "{who} is verantwoordelijk, {how!}",
    ),
    ("{who} is responsible", "{who} ist zuständig", "{who} is verantwoordelijk"),
    (
        "nobody follows the ticket: {how!}",
        "niemand folgt dem Ticket: {how!}",
        "niemand volgt het ticket: {how!}",
    ),
    ("state {x}, was {y}", "Status {x}, vorher {y}", "status {x}, eerst {y}"),
    ("field {x} set", "Feld {x} gesetzt", "veld {x} gezet"),
    (
        "sent to {x}, its id there is {y}",
        "an {x} gemeldet, dort {y}",
        "gemeld aan {x}, daar {y}",
    ),
    ("sent to {x}", "an {x} gemeldet", "gemeld aan {x}"),
    (
        "somebody changed the {noun} meanwhile",
        "inzwischen von jemandem geändert: {noun}",
        "intussen door iemand veranderd: {noun}",
    ),
    (
        "somebody moved the ticket to {x} meanwhile",
        "jemand hat das Ticket inzwischen nach {x} verschoben",
        "iemand heeft het ticket intussen naar {x} verplaatst",
    ),
    (
        "somebody set the priority {x}, which is never lowered",
        "jemand hat die Priorität {x} gesetzt, die nie gesenkt wird",
        "iemand heeft prioriteit {x} gezet, die nooit wordt verlaagd",
    ),
    (
        "{n} notes on this ticket in a day are enough (guards.notes_per_ticket_per_day)",
        "{n} Notizen am Tag genügen auf diesem Ticket (guards.notes_per_ticket_per_day)",
        "{n} notities per dag zijn genoeg op dit ticket (guards.notes_per_ticket_per_day)",
    ),
    (
        "{n} replies to this customer in a day are enough (guards.replies_per_customer_per_day)",
        "{n} Antworten am Tag genügen diesem Kunden (guards.replies_per_customer_per_day)",
        "{n} antwoorden per dag zijn genoeg voor deze klant (guards.replies_per_customer_per_day)",
    ),
    (
        "the newest message from the customer's side is automatic",
        "die neueste Nachricht von der Kundenseite ist automatisch",
        "het nieuwste bericht van de kant van de klant is automatisch",
    ),
    (
        "passed on {n} times already: it stays, the lead decides (guards.handoffs)",
        "schon {n} mal weitergegeben: es bleibt, die Leitung entscheidet (guards.handoffs)",
        "al {n} keer doorgegeven: het blijft, de leiding beslist (guards.handoffs)",
    ),
    (
        "there was no priority before",
        "vorher gab es keine Priorität",
        "er was eerst geen prioriteit",
    ),
    (
        "the group it was in is not there any more",
        "die frühere Gruppe gibt es nicht mehr",
        "de vroegere groep is er niet meer",
    ),
    (
        "the owner it had is not there any more",
        "wer vorher zuständig war, ist nicht mehr da",
        "wie het eerst had, is er niet meer",
    ),
)
