"""The shapes of the engine's sentences in English, German and Dutch.

`{x}` is taken over as it is, `{x!}` is a sentence itself; `{noun}` and `{metric}` are words of
`NOUNS`, `{count}` is a number or `no`, `{who}` a name without brackets and commas. Earlier shapes win, so the closer ones come first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

OTHERS: Final = ("de", "nl")
"""The languages, in the order of the columns after English."""

JOINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {"; ": "; ", " and ": " und ", ", ": ", "},
    "nl": {"; ": "; ", " and ": " en ", ", ": ", "},
}
"""What joins sentences, the loosest first."""

NOUNS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "text": "Text",
        "subject": "Betreff",
        "body": "Nachricht",
        "state": "Status",
        "group": "Gruppe",
        "owner": "Zuständigkeit",
        "priority": "Priorität",
        "team": "Team",
        "channel": "Kanal",
        "category": "Kategorie",
        "language": "Sprache",
        "metric": "Messgröße",
        "tags": "Tags",
        "SLA policy": "SLA",
        "the customer's organization": "Organisation",
        "the customer's domain": "Domain der Adresse",
        "the customer's address": "Adresse",
        "first_response": "erste Antwort",
        "next_response": "nächste Antwort",
        "periodic_update": "Zwischenstand",
        "resolution": "Lösung",
        "first response": "erste Antwort",
        "next response": "nächste Antwort",
        "periodic update": "Zwischenstand",
    },
    "nl": {
        "text": "tekst",
        "subject": "onderwerp",
        "body": "bericht",
        "state": "status",
        "group": "groep",
        "owner": "eigenaar",
        "priority": "prioriteit",
        "team": "team",
        "channel": "kanaal",
        "category": "categorie",
        "language": "taal",
        "metric": "maatstaf",
        "tags": "tags",
        "SLA policy": "SLA",
        "the customer's organization": "organisatie",
        "the customer's domain": "domein van het adres",
        "the customer's address": "adres",
        "first_response": "eerste antwoord",
        "next_response": "volgend antwoord",
        "periodic_update": "tussenstand",
        "resolution": "oplossing",
        "first response": "eerste antwoord",
        "next response": "volgend antwoord",
        "periodic update": "tussenstand",
    },
}

_LIMITS: Final = (
    ("limit {a} to {b}", "Grenze {a} bis {b}", "grens {a} tot {b}"),
    ("limit {a}", "Grenze {a}", "grens {a}"),
    ("at most {a}", "höchstens {a}", "hooguit {a}"),
)
_CLOCKS: Final = (
    (
        "{rest!}, told late: it was so on {at}",
        "{rest!}, zu spät gemeldet: so war es am {at}",
        "{rest!}, te laat gemeld: het was zo op {at}",
    ),
    (
        "{metric} is at risk: {share} of the time has passed (SLA policy {name})",
        "{metric} gefährdet: {share} der Zeit sind um (SLA {name})",
        "{metric} in gevaar: {share} van de tijd is om (SLA {name})",
    ),
    (
        "{metric} is at risk: {share} left (SLA policy {name})",
        "{metric} gefährdet: noch {share} (SLA {name})",
        "{metric} in gevaar: nog {share} (SLA {name})",
    ),
    (
        "{metric} took longer than {target} (SLA policy {name})",
        "{metric} dauerte länger als {target} (SLA {name})",
        "{metric} duurde langer dan {target} (SLA {name})",
    ),
    (
        "{metric} was met: {rest!} (SLA policy {name})",
        "{metric} eingehalten: {rest!} (SLA {name})",
        "{metric} gehaald: {rest!} (SLA {name})",
    ),
    (
        "the {metric} clock has stopped, {rest!}",
        "die Uhr für {metric} ist angehalten, {rest!}",
        "de klok voor {metric} is gestopt, {rest!}",
    ),
    (
        "its SLA clock is not counted any more",
        "ihre SLA-Uhr zählt nicht mehr",
        "haar SLA-klok telt niet meer",
    ),
)
_CONDITIONS: Final = (
    ("risk {name}: {rest!}", "Risiko {name}: {rest!}", "risico {name}: {rest!}"),
    ("{noun} has none of {x}", "{noun} hat nichts von {x}", "{noun} heeft niets van {x}"),
    ("{noun} has {x}", "{noun} enthält {x}", "{noun} bevat {x}"),
    ("{noun} lacks {x}", "{noun}: {x} fehlt", "{noun}: {x} ontbreekt"),
    ("{noun} contains {x}", "{noun} enthält {x}", "{noun} bevat {x}"),
    ("{noun} does not contain {x}", "{noun} enthält nicht {x}", "{noun} bevat {x} niet"),
    (
        "{noun} matches the expression {x}",
        "{noun} passt zum Ausdruck {x}",
        "{noun} past bij de uitdrukking {x}",
    ),
    (
        "{noun} does not match the expression {x}",
        "{noun} passt nicht zum Ausdruck {x}",
        "{noun} past niet bij de uitdrukking {x}",
    ),
    (
        "{noun} is not one of those named",
        "{noun} ist nicht unter den genannten",
        "{noun} is niet een van de genoemde",
    ),
    (
        "{noun} is one of those named",
        "{noun} ist unter den genannten",
        "{noun} is een van de genoemde",
    ),
    ("{noun} is not set, not {w}", "{noun} fehlt, nicht {w}", "{noun} ontbreekt, niet {w}"),
    ("{noun} is {v}, not {w}", "{noun} ist {v}, nicht {w}", "{noun} is {v}, niet {w}"),
    ("{noun} is {v}", "{noun} ist {v}", "{noun} is {v}"),
    ("has the tag {x}", "hat den Tag {x}", "heeft de tag {x}"),
    ("has no tag {x}", "hat keinen Tag {x}", "heeft geen tag {x}"),
    ("created {t} ago ({limit!})", "vor {t} erstellt ({limit!})", "{t} geleden gemaakt ({limit!})"),
    (
        "nobody did anything for {t} ({limit!})",
        "seit {t} hat niemand etwas getan ({limit!})",
        "al {t} heeft niemand iets gedaan ({limit!})",
    ),
    (
        "no human answer for {t} ({limit!})",
        "seit {t} keine Antwort von einem Menschen ({limit!})",
        "al {t} geen antwoord van een mens ({limit!})",
    ),
    (
        "nobody has owned the ticket for {t} ({limit!})",
        "seit {t} ist niemand zuständig ({limit!})",
        "al {t} heeft niemand het ticket ({limit!})",
    ),
    (
        "the customer waits for no answer",
        "es wird auf keine Antwort gewartet",
        "de klant wacht op geen antwoord",
    ),
    ("nobody owns the ticket", "niemand ist zuständig", "niemand heeft het ticket"),
    ("somebody owns the ticket", "jemand ist zuständig", "iemand heeft het ticket"),
    (
        "no unanswered messages ({limit!})",
        "keine unbeantworteten Nachrichten ({limit!})",
        "geen onbeantwoorde berichten ({limit!})",
    ),
    (
        "1 unanswered message ({limit!})",
        "1 unbeantwortete Nachricht ({limit!})",
        "1 onbeantwoord bericht ({limit!})",
    ),
    (
        "{count} unanswered messages ({limit!})",
        "{count} unbeantwortete Nachrichten ({limit!})",
        "{count} onbeantwoorde berichten ({limit!})",
    ),
    ("1 handoff ({limit!})", "1 mal weitergegeben ({limit!})", "1 keer doorgegeven ({limit!})"),
    ("no handoffs ({limit!})", "nie weitergegeben ({limit!})", "nooit doorgegeven ({limit!})"),
    (
        "{count} handoffs ({limit!})",
        "{count} mal weitergegeben ({limit!})",
        "{count} keer doorgegeven ({limit!})",
    ),
    (
        "1 reopening ({limit!})",
        "1 mal wieder geöffnet ({limit!})",
        "1 keer heropend ({limit!})",
    ),
    ("no reopenings ({limit!})", "nie wieder geöffnet ({limit!})", "nooit heropend ({limit!})"),
    (
        "{count} reopenings ({limit!})",
        "{count} mal wieder geöffnet ({limit!})",
        "{count} keer heropend ({limit!})",
    ),
    (
        "1 ticket of this customer within {t} ({limit!})",
        "1 Ticket dieser Kundin oder dieses Kunden in {t} ({limit!})",
        "1 ticket van deze klant in {t} ({limit!})",
    ),
    (
        "{count} tickets of this customer within {t} ({limit!})",
        "{count} Tickets dieser Kundin oder dieses Kunden in {t} ({limit!})",
        "{count} tickets van deze klant in {t} ({limit!})",
    ),
    (
        "1 ticket of this customer ({limit!})",
        "1 Ticket dieser Kundin oder dieses Kunden ({limit!})",
        "1 ticket van deze klant ({limit!})",
    ),
    (
        "{count} tickets of this customer ({limit!})",
        "{count} Tickets dieser Kundin oder dieses Kunden ({limit!})",
        "{count} tickets van deze klant ({limit!})",
    ),
    ("the customer is a VIP", "VIP", "de klant is een VIP"),
    ("the customer is not a VIP", "kein VIP", "de klant is geen VIP"),
    (
        "came in over a social network",
        "kam über ein soziales Netz",
        "kwam binnen via een sociaal netwerk",
    ),
    (
        "it is inside the hours of {x}",
        "innerhalb der Zeiten von {x}",
        "binnen de uren van {x}",
    ),
    (
        "it is outside the hours of {x}",
        "außerhalb der Zeiten von {x}",
        "buiten de uren van {x}",
    ),
    (
        "no calendar, so always open",
        "kein Kalender, also immer offen",
        "geen kalender, dus altijd open",
    ),
    (
        "escalated at level {n} ({limit!})",
        "eskaliert auf Stufe {n} ({limit!})",
        "geëscaleerd op niveau {n} ({limit!})",
    ),
    (
        "no escalation is open ({limit!})",
        "keine Eskalation ist offen ({limit!})",
        "er staat geen escalatie open ({limit!})",
    ),
    ("no condition to meet", "ohne Bedingung", "zonder voorwaarde"),
)
_STEPS: Final = (
    (
        "nobody acknowledged level {n} in time",
        "niemand hat Stufe {n} rechtzeitig übernommen",
        "niemand heeft niveau {n} op tijd bevestigd",
    ),
    (
        "level {n} was not solved in time",
        "Stufe {n} wurde nicht rechtzeitig gelöst",
        "niveau {n} werd niet op tijd opgelost",
    ),
    (
        "nobody answered within the grace of the hint",
        "niemand hat in der Frist des Hinweises geantwortet",
        "niemand antwoordde binnen de termijn van de hint",
    ),
    (
        "nobody worked on it for {t}",
        "seit {t} hat niemand daran gearbeitet",
        "al {t} heeft niemand eraan gewerkt",
    ),
    ("the snooze is over", "die Zurückstellung ist um", "het uitstel is om"),
    ("the ticket was closed", "das Ticket wurde geschlossen", "het ticket werd gesloten"),
    (
        "the ticket was opened again",
        "das Ticket wurde wieder geöffnet",
        "het ticket werd heropend",
    ),
    ("no longer so: {rest!}", "nicht mehr so: {rest!}", "niet meer zo: {rest!}"),
    (
        "the other system has closed its case",
        "das andere System hat seinen Fall geschlossen",
        "het andere systeem heeft zijn zaak gesloten",
    ),
    (
        "somebody asked for the next level",
        "jemand hat die nächste Stufe verlangt",
        "iemand vroeg om het volgende niveau",
    ),
    (
        "{who} asked for the next level",
        "{who} hat die nächste Stufe verlangt",
        "{who} vroeg om het volgende niveau",
    ),
    (
        "{who} answered within the grace of the hint",
        "{who} hat in der Frist des Hinweises geantwortet",
        "{who} antwoordde binnen de termijn van de hint",
    ),
    (
        "{who} answered the customer",
        "{who} hat der Kundschaft geantwortet",
        "{who} heeft de klant geantwoord",
    ),
    (
        "{who} took the ticket over",
        "{who} hat das Ticket übernommen",
        "{who} heeft het ticket overgenomen",
    ),
    ("{who} wrote so", "{who} hat es so geschrieben", "{who} schreef het zo"),
    (
        "somebody asked for it by link",
        "jemand hat es per Link verlangt",
        "iemand vroeg erom via de link",
    ),
    (
        "{who} asked for it by link",
        "{who} hat es per Link verlangt",
        "{who} vroeg erom via de link",
    ),
    (
        "{who} asked how it stands",
        "{who} hat gefragt, wie es steht",
        "{who} vroeg hoe het ervoor staat",
    ),
    ("an agent answered", "es wurde geantwortet", "er werd geantwoord"),
    ("it was asked for", "es wurde verlangt", "er werd om gevraagd"),
    (
        "opened escalation {name} at level {n}",
        "Eskalation {name} auf Stufe {n} eröffnet",
        "escalatie {name} op niveau {n} geopend",
    ),
    (
        "raised escalation {name} to level {n}",
        "Eskalation {name} auf Stufe {n} gehoben",
        "escalatie {name} naar niveau {n} getild",
    ),
    (
        "a further cause of escalation {name}, which is at level {n}",
        "ein weiterer Grund der Eskalation {name} auf Stufe {n}",
        "nog een reden voor escalatie {name} op niveau {n}",
    ),
)
_ANSWERS: Final = (
    (
        "No escalation is open on this ticket.",
        "Auf diesem Ticket ist keine Eskalation offen.",
        "Op dit ticket staat geen escalatie open.",
    ),
    (
        "Nothing is suggested on this ticket.",
        "Auf diesem Ticket ist nichts vorgeschlagen.",
        "Op dit ticket is niets voorgesteld.",
    ),
    (
        "Nobody is left to ask: take it with /ack, or hand it back with a reason.",
        "Niemand ist mehr da: mit /ack übernehmen oder mit einem Grund zurückgeben.",
        "Er is niemand meer: neem het met /ack over, of geef het met een reden terug.",
    ),
    (
        "It is only a suggestion: /accept or /reject it.",
        "Es ist nur ein Vorschlag: /accept oder /reject.",
        "Het is maar een voorstel: /accept of /reject.",
    ),
    (
        "It is at level {n} already, the highest of policy {name}.",
        "Sie steht schon auf Stufe {n}, der höchsten von {name}.",
        "Ze staat al op niveau {n}, het hoogste van {name}.",
    ),
    (
        "The ticket is closed: open it first.",
        "Das Ticket ist geschlossen: zuerst öffnen.",
        "Het ticket is gesloten: open het eerst.",
    ),
    (
        (
            "The tag was put on {n} times within {m} minutes, as if a trigger of the helpdesk answered "
            "what we do (guards.loop_firings is {max}): it stays on and asks for nothing."
        ),
        (
            "Das Tag wurde {n} mal in {m} Minuten gesetzt, als antworte ein Trigger des Helpdesks auf "
            "uns (guards.loop_firings ist {max}): es bleibt und bewirkt nichts."
        ),
        (
            "De tag is {n} keer in {m} minuten gezet, alsof een trigger van de helpdesk op ons "
            "antwoordt (guards.loop_firings is {max}): hij blijft staan en vraagt niets."
        ),
    ),
    (
        (
            "{name} is not opened again: it ended {n} times within {m} minutes, as if a trigger of the "
            "helpdesk answered what we do (guards.loop_firings is {max}): /escalate opens it."
        ),
        (
            "{name} wird nicht wieder geöffnet: es endete {n} mal in {m} Minuten, als antworte ein "
            "Trigger des Helpdesks auf uns (guards.loop_firings ist {max}): /escalate öffnet es."
        ),
        (
            "{name} wordt niet weer geopend: het eindigde {n} keer in {m} minuten, alsof een trigger "
            "van de helpdesk op ons antwoordt (guards.loop_firings is {max}): /escalate opent het."
        ),
    ),
)
_DONE: Final = (
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
_PEOPLE: Final = (
    ("whose turn it is ({why!})", "an der Reihe ({why!})", "aan de beurt ({why!})"),
    ("whose turn it is", "an der Reihe", "aan de beurt"),
    (
        "whose turn it is among {n} with the fewest open tickets, {k} ({why!})",
        "an der Reihe unter {n} mit den wenigsten offenen Tickets, {k} ({why!})",
        "aan de beurt van {n} met de minste open tickets, {k} ({why!})",
    ),
    (
        "whose turn it is among {n} with the fewest open tickets, {k}",
        "an der Reihe unter {n} mit den wenigsten offenen Tickets, {k}",
        "aan de beurt van {n} met de minste open tickets, {k}",
    ),
    ("whose turn it was", "an der Reihe", "aan de beurt"),
    ("round robin", "reihum", "om de beurt"),
    (
        "the only one who can take it ({why!})",
        "sonst kann niemand ({why!})",
        "niemand anders kan ({why!})",
    ),
    ("the only one who can take it", "sonst kann niemand", "niemand anders kan"),
    ("who leads the team", "leitet das Team", "leidt het team"),
    ("who is on call ({why!})", "hat Bereitschaft ({why!})", "heeft dienst ({why!})"),
    ("who is on call", "hat Bereitschaft", "heeft dienst"),
    (
        "who helped this customer last",
        "hat hier zuletzt geholfen",
        "hielp deze klant het laatst",
    ),
    (
        "who has the fewest open tickets, {n} ({why!})",
        "hat die wenigsten offenen Tickets, {n} ({why!})",
        "heeft de minste open tickets, {n} ({why!})",
    ),
    (
        "who has the fewest open tickets, {n}",
        "hat die wenigsten offenen Tickets, {n}",
        "heeft de minste open tickets, {n}",
    ),
    (
        "who is of team {x} and has it",
        "ist aus Team {x} und hat es",
        "is van team {x} en heeft het",
    ),
    (
        "nobody of team {x} can take it ({why!})",
        "niemand aus Team {x} kann es nehmen ({why!})",
        "niemand van team {x} kan het nemen ({why!})",
    ),
    ("because {why!}", "denn {why!}", "want {why!}"),
    ("{who} is absent until {day}", "{who} ist bis {day} abwesend", "{who} is afwezig tot {day}"),
    ("{who} is not active", "{who} ist nicht aktiv", "{who} is niet actief"),
    (
        "{who} is asked on a later level",
        "{who} ist auf einer späteren Stufe dran",
        "{who} is op een later niveau aan de beurt",
    ),
    ("{who} had it already", "{who} hatte es schon", "{who} had het al"),
    (
        "{who} may not own tickets of group {x}",
        "{who} darf keine Tickets der Gruppe {x} haben",
        "{who} mag geen tickets van groep {x} hebben",
    ),
    ("{rest!} ({why!})", "{rest!} ({why!})", "{rest!} ({why!})"),
    ("and {n} more", "und {n} weitere", "en nog {n}"),
    ("nobody is in it", "niemand ist darin", "er zit niemand in"),
)

SHAPES: Final[Sequence[tuple[str, str, str]]] = (
    *_LIMITS,
    *_CLOCKS,
    *_STEPS,
    *_ANSWERS,
    *_DONE,
    *_CONDITIONS,
    *_PEOPLE,
)
"""English, German, Dutch."""
