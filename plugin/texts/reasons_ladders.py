"""Why a ladder takes a step, and what it answers, in English, German and Dutch (see `reasons_words`)."""

from __future__ import annotations

from typing import Final

STEPS: Final = (
    (
        "it was the last level, and the ladder is climbed again",
        "es war die letzte Stufe, und es beginnt von vorn",
        "het was het laatste niveau, en het begint opnieuw",
    ),
    (
        "what could not be noted earlier",
        "was vorher nicht notiert werden konnte",
        "wat eerder niet genoteerd kon worden",
    ),
    (
        "{who} asked for an escalation: {x}",
        "{who} hat eine Eskalation verlangt: {x}",
        "{who} vroeg om een escalatie: {x}",
    ),
    (
        "{who} asked for an escalation",
        "{who} hat eine Eskalation verlangt",
        "{who} vroeg om een escalatie",
    ),
    (
        "the other system has closed its case {x}",
        "das andere System hat seinen Fall {x} geschlossen",
        "het andere systeem heeft zijn zaak {x} gesloten",
    ),
    (
        "merged into another ticket",
        "mit einem anderen Ticket zusammengeführt",
        "samengevoegd met een ander ticket",
    ),
    (
        "opened escalation {name}, which was only suggested",
        "Eskalation {name} eröffnet, die nur vorgeschlagen war",
        "escalatie {name} geopend, die alleen was voorgesteld",
    ),
    (
        "a further cause of escalation {name}, which has no level {n}",
        "ein weiterer Grund der Eskalation {name}, die keine Stufe {n} hat",
        "nog een reden voor escalatie {name}, die geen niveau {n} heeft",
    ),
    (
        "suggested: it waits for /accept or /reject",
        "vorgeschlagen: wartet auf /accept oder /reject",
        "voorgesteld: wacht op /accept of /reject",
    ),
    (
        "suggested already, nobody has answered yet",
        "schon vorgeschlagen, noch niemand hat geantwortet",
        "al voorgesteld, nog niemand heeft geantwoord",
    ),
    (
        "not escalated: {why!}",
        "nicht eskaliert: {why!}",
        "niet geëscaleerd: {why!}",
    ),
    (
        "not suggested: {why!}",
        "nicht vorgeschlagen: {why!}",
        "niet voorgesteld: {why!}",
    ),
    (
        "the ticket is closed",
        "das Ticket ist geschlossen",
        "het ticket is gesloten",
    ),
    (
        "the file has no policies",
        "die Datei hat keine policies",
        "het bestand heeft geen policies",
    ),
    (
        "say which policy: {x}",
        "bitte die Policy nennen: {x}",
        "noem de policy: {x}",
    ),
    (
        "policy {x} is not in the file",
        "die Policy {x} steht nicht in der Datei",
        "de policy {x} staat niet in het bestand",
    ),
    (
        "no row of the matrix is for this ticket",
        "keine Zeile der Matrix gilt für dieses Ticket",
        "geen regel van de matrix geldt voor dit ticket",
    ),
    (
        "the matrix names policy {x}, which is not in the file",
        "die Matrix nennt die Policy {x}, die nicht in der Datei steht",
        "de matrix noemt de policy {x}, die niet in het bestand staat",
    ),
    (
        "{name} was handed back and rests until {at} UTC",
        "{name} wurde zurückgegeben und ruht bis {at} UTC",
        "{name} is teruggegeven en rust tot {at} UTC",
    ),
    (
        "{name} was declined and rests until {at} UTC",
        "{name} wurde abgelehnt und ruht bis {at} UTC",
        "{name} is afgewezen en rust tot {at} UTC",
    ),
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

ANSWERS: Final = (
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
