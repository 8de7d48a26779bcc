"""The words of the page behind an acknowledge link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_EN: Final = {
    "confirm": "Ticket #{ticket} has been escalated to you",
    "ticket": "Ticket",
    "policy": "Escalation policy",
    "level": "Level",
    "meaning": "Acknowledging says: I take care of this. The escalation goes no further; the "
    "deadlines promised to the customer keep running.",
    "acknowledge": "Acknowledge",
    "snooze": "Not now",
    "snoozing": "The escalation rests, and comes back at the same level.",
    "snooze 1h": "Snooze 1 hour",
    "snooze 4h": "Snooze 4 hours",
    "hand back": "Hand back",
    "handing back": "The ticket goes back to the group and owner it had before.",
    "reason": "Reason (goes into a note on the ticket)",
    "no reason": "Handing back needs a reason: the people it goes back to want to know why.",
    "done acknowledge title": "Acknowledged",
    "done acknowledge": "Noted: you take care of it. The ticket shows it within a minute.",
    "done hand back title": "Handed back",
    "done hand back": "Noted, with your reason. The ticket shows it within a minute.",
    "done snooze title": "Snoozed",
    "done snooze": "Noted: the escalation rests and comes back at the same level.",
    "already title": "Done already",
    "already": "This link has been used: each works once. To change your mind, write /ack, "
    "/snooze 2h or /handback reason into an internal note on the ticket.",
    "acknowledged title": "Acknowledged already",
    "acknowledged": "Somebody takes care of it already; there is nothing left to do here. To give "
    "it away, write /handback reason into an internal note on the ticket.",
    "over title": "Nothing left to do",
    "over": "This escalation is over.",
    "too late title": "Too late",
    "too late": "The ladder has gone on since this link was made: a later message holds the link "
    "that works now, or write /ack into an internal note on the ticket.",
    "expired title": "Expired",
    "expired": "This link has expired. Write /ack into an internal note on the ticket instead.",
    "bad title": "This link does not work",
    "bad": "It is incomplete, or was not made by this service. Open it again from the message, "
    "all of it, or write /ack into an internal note on the ticket.",
    "slow title": "Please wait a minute",
    "slow": "Too many links that do not work were opened from your address.",
    "elsewhere title": "Please open the link itself",
    "elsewhere": "This was sent from another page. Open the link from your message, and press the "
    "button there.",
    "trouble title": "Not now, please try again",
    "trouble": "It could not be stored. Nothing has happened; the link still works.",
}
_DE: Final = {
    "confirm": "Ticket #{ticket} wurde an Sie eskaliert",
    "ticket": "Ticket",
    "policy": "Eskalationsregelung",
    "level": "Stufe",
    "meaning": "Übernehmen heißt: Ich kümmere mich darum. Die Eskalation geht nicht weiter; die "
    "Fristen gegenüber der Kundin oder dem Kunden laufen weiter.",
    "acknowledge": "Übernehmen",
    "snooze": "Nicht jetzt",
    "snoozing": "Die Eskalation ruht und kommt auf derselben Stufe wieder.",
    "snooze 1h": "1 Stunde zurückstellen",
    "snooze 4h": "4 Stunden zurückstellen",
    "hand back": "Zurückgeben",
    "handing back": "Das Ticket geht an die Gruppe und die zuständige Person zurück, die es vorher "
    "hatten.",
    "reason": "Grund (steht dann in einer Notiz am Ticket)",
    "no reason": "Zum Zurückgeben braucht es einen Grund: Wer es zurückbekommt, will wissen, warum.",
    "done acknowledge title": "Übernommen",
    "done acknowledge": "Notiert: Sie kümmern sich darum. Am Ticket steht es innerhalb einer Minute.",
    "done hand back title": "Zurückgegeben",
    "done hand back": "Notiert, mit Ihrem Grund. Am Ticket steht es innerhalb einer Minute.",
    "done snooze title": "Zurückgestellt",
    "done snooze": "Notiert: Die Eskalation ruht und kommt auf derselben Stufe wieder.",
    "already title": "Schon erledigt",
    "already": "Dieser Link wurde schon benutzt: Jeder gilt einmal. Wenn Sie es sich anders "
    "überlegen, schreiben Sie /ack, /snooze 2h oder /handback Grund in eine interne Notiz am Ticket.",
    "acknowledged title": "Schon übernommen",
    "acknowledged": "Es kümmert sich schon jemand darum; hier ist nichts mehr zu tun. Zum "
    "Zurückgeben schreiben Sie /handback Grund in eine interne Notiz am Ticket.",
    "over title": "Nichts mehr zu tun",
    "over": "Diese Eskalation ist beendet.",
    "too late title": "Zu spät",
    "too late": "Die Eskalation ist weitergegangen, seit dieser Link entstand: Eine spätere "
    "Nachricht enthält den gültigen, oder Sie schreiben /ack in eine interne Notiz am Ticket.",
    "expired title": "Abgelaufen",
    "expired": "Dieser Link ist abgelaufen. Schreiben Sie stattdessen /ack in eine interne Notiz am "
    "Ticket.",
    "bad title": "Dieser Link gilt nicht",
    "bad": "Er ist unvollständig oder stammt nicht von diesem Dienst. Öffnen Sie ihn noch einmal "
    "ganz aus der Nachricht, oder schreiben Sie /ack in eine interne Notiz am Ticket.",
    "slow title": "Bitte eine Minute warten",
    "slow": "Von Ihrer Adresse wurden zu viele Links geöffnet, die nicht gelten.",
    "elsewhere title": "Bitte den Link selbst öffnen",
    "elsewhere": "Das kam von einer anderen Seite. Öffnen Sie den Link aus Ihrer Nachricht und "
    "drücken Sie dort den Knopf.",
    "trouble title": "Gerade nicht, bitte noch einmal versuchen",
    "trouble": "Es konnte nicht gespeichert werden. Nichts ist geschehen; der Link gilt weiter.",
}
_NL: Final = {
    "confirm": "Ticket #{ticket} is naar u geëscaleerd",
    "ticket": "Ticket",
    "policy": "Escalatiebeleid",
    "level": "Niveau",
    "meaning": "Overnemen betekent: ik zorg ervoor. De escalatie gaat niet verder; de termijnen "
    "die de klant zijn beloofd, lopen door.",
    "acknowledge": "Overnemen",
    "snooze": "Niet nu",
    "snoozing": "De escalatie rust en komt op hetzelfde niveau terug.",
    "snooze 1h": "1 uur uitstellen",
    "snooze 4h": "4 uur uitstellen",
    "hand back": "Teruggeven",
    "handing back": "Het ticket gaat terug naar de groep en de eigenaar die het eerder hadden.",
    "reason": "Reden (komt in een notitie bij het ticket)",
    "no reason": "Teruggeven kan alleen met een reden: wie het terugkrijgt, wil weten waarom.",
    "done acknowledge title": "Overgenomen",
    "done acknowledge": "Genoteerd: u zorgt ervoor. Binnen een minuut staat het bij het ticket.",
    "done hand back title": "Teruggegeven",
    "done hand back": "Genoteerd, met uw reden. Binnen een minuut staat het bij het ticket.",
    "done snooze title": "Uitgesteld",
    "done snooze": "Genoteerd: de escalatie rust en komt op hetzelfde niveau terug.",
    "already title": "Al gedaan",
    "already": "Deze link is al gebruikt: elke werkt één keer. Bedenkt u zich, schrijf dan /ack, "
    "/snooze 2h of /handback reden in een interne notitie bij het ticket.",
    "acknowledged title": "Al overgenomen",
    "acknowledged": "Er zorgt al iemand voor; hier is niets meer te doen. Om het terug te geven, "
    "schrijft u /handback reden in een interne notitie bij het ticket.",
    "over title": "Niets meer te doen",
    "over": "Deze escalatie is voorbij.",
    "too late title": "Te laat",
    "too late": "De escalatie is verdergegaan sinds deze link werd gemaakt: een later bericht "
    "bevat de link die nu werkt, of schrijf /ack in een interne notitie bij het ticket.",
    "expired title": "Verlopen",
    "expired": "Deze link is verlopen. Schrijf in plaats daarvan /ack in een interne notitie bij "
    "het ticket.",
    "bad title": "Deze link werkt niet",
    "bad": "Hij is onvolledig of niet door deze dienst gemaakt. Open hem opnieuw en helemaal "
    "vanuit het bericht, of schrijf /ack in een interne notitie bij het ticket.",
    "slow title": "Wacht een minuut",
    "slow": "Vanaf uw adres zijn te veel links geopend die niet werken.",
    "elsewhere title": "Open de link zelf",
    "elsewhere": "Dit kwam van een andere pagina. Open de link uit uw bericht en druk daar op de "
    "knop.",
    "trouble title": "Nu even niet, probeer het opnieuw",
    "trouble": "Het kon niet worden opgeslagen. Er is niets gebeurd; de link werkt nog.",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {"en": _EN, "de": _DE, "nl": _NL}
"""Language → key → text; `confirm` holds `{ticket}`."""
