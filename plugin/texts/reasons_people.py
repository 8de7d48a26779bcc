"""Who was chosen or told, and what is automatic, in English, German and Dutch (see `reasons_words`)."""

from __future__ import annotations

from typing import Final

PEOPLE: Final = (
    (
        "{who} has {count}",
        "{who} hat {count}",
        "{who} heeft {count}",
    ),
    (
        "{rest!}, and the replacements named form a circle",
        "{rest!}, und die genannten Vertretungen bilden einen Kreis",
        "{rest!}, en de genoemde vervangers vormen een kring",
    ),
    (
        "{rest!}, and the replacement named is no agent",
        "{rest!}, und die genannte Vertretung kennt der Helpdesk nicht",
        "{rest!}, en de genoemde vervanger kent de helpdesk niet",
    ),
    (
        "{rest!}, and its lead is no agent of the helpdesk",
        "{rest!}, und die Leitung kennt der Helpdesk nicht",
        "{rest!}, en de leiding kent de helpdesk niet",
    ),
    (
        "{rest!}, and the person of if_none is no agent of the helpdesk",
        "{rest!}, und die Person aus if_none kennt der Helpdesk nicht",
        "{rest!}, en de persoon van if_none kent de helpdesk niet",
    ),
    (
        "{rest!}, and {who} may not own tickets of group {x}",
        "{rest!}, und {who} darf keine Tickets der Gruppe {x} haben",
        "{rest!}, en {who} mag geen tickets van groep {x} hebben",
    ),
    (
        "{rest!}, nor its lead ({why!})",
        "{rest!}, auch die Leitung nicht ({why!})",
        "{rest!}, ook de leiding niet ({why!})",
    ),
    (
        "{rest!}, nor the person of if_none ({why!})",
        "{rest!}, auch die Person aus if_none nicht ({why!})",
        "{rest!}, ook de persoon van if_none niet ({why!})",
    ),
    (
        "nobody can follow tickets here, and {who} has no channel",
        "hier kann niemand Tickets folgen, und {who} hat keinen Kanal",
        "hier kan niemand tickets volgen, en {who} heeft geen kanaal",
    ),
    (
        "nobody owns the ticket, and no ladder says who is responsible",
        "niemand hat das Ticket, und keine Eskalation sagt, wer zuständig ist",
        "niemand heeft het ticket, en geen escalatie zegt wie verantwoordelijk is",
    ),
    (
        "nobody is told: {why!}",
        "niemand wird benachrichtigt: {why!}",
        "niemand krijgt bericht: {why!}",
    ),
    (
        "nobody responsible can be told: {why!}",
        "niemand Zuständiges ist zu erreichen: {why!}",
        "geen verantwoordelijke is te bereiken: {why!}",
    ),
    (
        "the level has nobody responsible",
        "auf dieser Stufe ist niemand zuständig",
        "op dit niveau is niemand verantwoordelijk",
    ),
    (
        "nobody has it yet",
        "noch hat es niemand",
        "nog niemand heeft het",
    ),
    (
        "the team has no lead",
        "das Team hat keine Leitung",
        "het team heeft geen leiding",
    ),
    (
        "the lead was told before",
        "die Leitung weiß es schon",
        "de leiding weet het al",
    ),
    (
        "{who} was told of this step before",
        "{who} weiß von diesem Schritt schon",
        "{who} weet al van deze stap",
    ),
    (
        "{who} has no address",
        "{who} hat keine Adresse",
        "{who} heeft geen adres",
    ),
    (
        "the lead is no agent of the helpdesk",
        "die Leitung kennt der Helpdesk nicht",
        "de leiding kent de helpdesk niet",
    ),
    (
        "somebody of the pool is no agent of the helpdesk",
        "jemanden aus dem Pool kennt der Helpdesk nicht",
        "iemand van de pool kent de helpdesk niet",
    ),
    (
        "somebody on call is no agent of the helpdesk",
        "jemanden mit Bereitschaft kennt der Helpdesk nicht",
        "iemand met dienst kent de helpdesk niet",
    ),
    (
        "nobody of it has the skill {x}",
        "niemand darin hat die Fähigkeit {x}",
        "niemand erin heeft de vaardigheid {x}",
    ),
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

AUTOMATIC: Final = (
    (
        "out-of-office or automatic reply by its subject",
        "dem Betreff nach eine Abwesenheitsnotiz oder automatische Antwort",
        "naar het onderwerp een afwezigheidsbericht of automatisch antwoord",
    ),
    (
        "receipt of another ticket system by its subject",
        "dem Betreff nach die Bestätigung eines anderen Ticketsystems",
        "naar het onderwerp de bevestiging van een ander ticketsysteem",
    ),
    (
        "receipt of another ticket system by its text",
        "dem Text nach die Bestätigung eines anderen Ticketsystems",
        "naar de tekst de bevestiging van een ander ticketsysteem",
    ),
    (
        "sent by a no-reply address",
        "von einer No-Reply-Adresse gesendet",
        "verstuurd vanaf een no-reply-adres",
    ),
    (
        "sent by a mail robot's address",
        "von der Adresse eines Mail-Automaten gesendet",
        "verstuurd vanaf het adres van een mailautomaat",
    ),
    (
        "written by the helpdesk itself or another automation",
        "vom Helpdesk selbst oder einer anderen Automatik geschrieben",
        "geschreven door de helpdesk zelf of een andere automaat",
    ),
    (
        "sent from one of our own addresses",
        "von einer unserer eigenen Adressen gesendet",
        "verstuurd vanaf een van onze eigen adressen",
    ),
    (
        "automatic by its header {x}",
        "automatisch laut Kopfzeile {x}",
        "automatisch volgens de kopregel {x}",
    ),
    (
        "automatic reply of another FreeScout",
        "automatische Antwort eines anderen FreeScout",
        "automatisch antwoord van een ander FreeScout",
    ),
    (
        "mailing list or bulk mail by its header {x}",
        "Mailingliste oder Massenmail laut Kopfzeile {x}",
        "mailinglijst of massamail volgens de kopregel {x}",
    ),
    (
        "bulk mail by its header {x}",
        "Massenmail laut Kopfzeile {x}",
        "massamail volgens de kopregel {x}",
    ),
    (
        "bounce: names failed recipients",
        "unzustellbar: nennt gescheiterte Empfänger",
        "onbestelbaar: noemt mislukte ontvangers",
    ),
    (
        "bounce: delivery status notification",
        "unzustellbar: Meldung über die Zustellung",
        "onbestelbaar: melding over de bezorging",
    ),
    (
        "bounce by its subject",
        "dem Betreff nach unzustellbar",
        "naar het onderwerp onbestelbaar",
    ),
    (
        "bounce by its first line",
        "der ersten Zeile nach unzustellbar",
        "naar de eerste regel onbestelbaar",
    ),
    (
        "read receipt by its subject",
        "dem Betreff nach eine Lesebestätigung",
        "naar het onderwerp een leesbevestiging",
    ),
    (
        "read receipt",
        "eine Lesebestätigung",
        "een leesbevestiging",
    ),
    (
        "calendar answer by its subject",
        "dem Betreff nach die Antwort eines Kalenders",
        "naar het onderwerp het antwoord van een agenda",
    ),
    (
        "calendar answer",
        "die Antwort eines Kalenders",
        "het antwoord van een agenda",
    ),
    (
        "sent with an empty return path, as robots do",
        "mit leerem Return-Path gesendet, wie Automaten es tun",
        "verstuurd met een leeg Return-Path, zoals automaten doen",
    ),
    (
        "says itself that it was sent automatically",
        "sagt selbst, dass sie automatisch gesendet wurde",
        "zegt zelf dat het automatisch is verstuurd",
    ),
    (
        "out-of-office by its text",
        "dem Text nach eine Abwesenheitsnotiz",
        "naar de tekst een afwezigheidsbericht",
    ),
)
