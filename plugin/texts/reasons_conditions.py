"""What conditions, their limits and SLA clocks say, in English, German and Dutch (see `reasons_words`)."""

from __future__ import annotations

from typing import Final

LIMITS: Final = (
    ("limit {a} to {b}", "Grenze {a} bis {b}", "grens {a} tot {b}"),
    ("limit {a}", "Grenze {a}", "grens {a}"),
    ("at most {a}", "höchstens {a}", "hooguit {a}"),
    (
        "at least {a}",
        "mindestens {a}",
        "minstens {a}",
    ),
    (
        "any of {a}",
        "eines von {a}",
        "een van {a}",
    ),
    (
        "none of {a}",
        "keines von {a}",
        "geen van {a}",
    ),
)

CLOCKS: Final = (
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

CONDITIONS: Final = (
    (
        "{noun} is {v} (wanted {w!})",
        "{noun} ist {v} (verlangt: {w!})",
        "{noun} is {v} (gevraagd: {w!})",
    ),
    (
        "{noun} is {v}, not as asked",
        "{noun} ist {v}, anders als verlangt",
        "{noun} is {v}, anders dan gevraagd",
    ),
    (
        "text has no risk words ({x})",
        "Text enthält keine Risikowörter ({x})",
        "tekst bevat geen risicowoorden ({x})",
    ),
    (
        "{noun} matches the expression",
        "{noun} passt zum Ausdruck",
        "{noun} past bij de uitdrukking",
    ),
    (
        "{noun} does not match the expression",
        "{noun} passt nicht zum Ausdruck",
        "{noun} past niet bij de uitdrukking",
    ),
    (
        "channel {x} is not social",
        "Kanal {x} ist kein soziales Netz",
        "kanaal {x} is geen sociaal netwerk",
    ),
    (
        "no condition to choose from",
        "keine Bedingung zur Wahl",
        "geen voorwaarde om uit te kiezen",
    ),
    (
        "no condition to avoid",
        "keine Bedingung zu vermeiden",
        "geen voorwaarde te vermijden",
    ),
    (
        "{field} is empty",
        "{field} ist leer",
        "{field} is leeg",
    ),
    (
        "{field} fails: is not {x}",
        "{field} ist {x}",
        "{field} is {x}",
    ),
    (
        "{field} fails: is at least {x}",
        "{field} ist unter {x}",
        "{field} is lager dan {x}",
    ),
    (
        "{field} fails: is at most {x}",
        "{field} ist über {x}",
        "{field} is hoger dan {x}",
    ),
    (
        "{field} fails: is {x}",
        "{field} ist nicht {x}",
        "{field} is niet {x}",
    ),
    (
        "{field} fails: contains {x}",
        "{field} enthält {x} nicht",
        "{field} bevat {x} niet",
    ),
    (
        "{field} fails: matches the expression",
        "{field} passt nicht zum Ausdruck",
        "{field} past niet bij de uitdrukking",
    ),
    (
        "{field} is not {x}",
        "{field} ist nicht {x}",
        "{field} is niet {x}",
    ),
    (
        "{field} is at least {x}",
        "{field} ist mindestens {x}",
        "{field} is minstens {x}",
    ),
    (
        "{field} is at most {x}",
        "{field} ist höchstens {x}",
        "{field} is hoogstens {x}",
    ),
    (
        "{field} is {x}",
        "{field} ist {x}",
        "{field} is {x}",
    ),
    (
        "{field} contains {x}",
        "{field} enthält {x}",
        "{field} bevat {x}",
    ),
    (
        "{field} matches the expression",
        "{field} passt zum Ausdruck",
        "{field} past bij de uitdrukking",
    ),
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
