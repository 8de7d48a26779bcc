"""The built-in notes of a ladder in German."""

from typing import Final

from plugin.texts.notes.pieces import with_pieces

_PIECES: Final = {
    "late": """\
{% if late %}
Diese Notiz kommt zu spät: fällig war sie {{ late }}.
{% endif %}
""",
    "why": """\
{% for cause in causes %}
{% if loop.first %}Grund: {% else %}Außerdem: {% endif %}{{ cause.why }}{% if cause.by %} (verlangt von {{ cause.by }}){% endif %}
{% endfor %}
""",
    "clock": """\
{% if breached_by %}
SLA {{ sla }}: {{ metric }} war fällig {{ due_at }}, seitdem {{ breached_by }} Arbeitszeit.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} fällig {{ due_at }}, noch {{ remaining }} Arbeitszeit.
{% endif %}
""",
    "earlier": """\
{% for ticket in earlier %}
{% if loop.first %}
Frühere Tickets dieser Kundin oder dieses Kunden:
{% endif %}
#{{ ticket.number }} vom {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
""",
    "reading": """\
{% if script %}
Was zu sagen ist: {{ script }}
{% endif %}
{% if link %}
Mehr dazu: {{ link }}
{% endif %}
""",
    "next": """\
{% if next_at and next_level %}
Geschieht nichts: Stufe {{ next_level }} am {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% elif next_at %}
Geschieht nichts: nach {{ next_at }} ist niemand mehr da; dann wird es gemeldet, bis jemand handelt.
{% else %}
Geschieht nichts: von selbst wird niemand sonst gefragt.
{% endif %}
""",
    "undone": """\
{% if undone %}
Wiederhergestellt: {{ undone | join("; ") }}.
{% endif %}
{% if skipped %}
So gelassen: {{ skipped | join("; ") }}.
{% endif %}
""",
    "how": """\
Übernehmen: das Ticket übernehmen, der Kundschaft antworten oder /ack in eine interne Notiz schreiben.
Zurückgeben: /handback und ein Grund. Später: /snooze 2h. Wie es steht: /explain.
""",
}

LADDER_GERMAN: Final = with_pieces(
    {
        "ladder_level": """\
Eskaliert{% if kind == "functional" %} an {{ ticket.group }}{% endif %}, Stufe {{ level }}: {% if responsible %}{{ responsible }}{% else %}niemand ist verfügbar{% endif %}{% if ack_by %}, Antwort bis {{ ack_by }}{% endif %}.
[late]

[why]
{% if because %}
Warum diese Stufe: {{ because }}.
{% endif %}
{% if skipped_levels %}
Übersprungen, weil die Zeit schon um war: Stufe {{ skipped_levels | join(", ") }}.
{% endif %}
[clock]
[earlier]

Art: {% if kind == "functional" %}fachlich, an die, die es wissen{% else %}hierarchisch, an die, die entscheiden{% endif %}; Stufe {{ level }}{% if level_name %} ({{ level_name }}){% endif %} der Regelung {{ policy }}.
Zuständig: {% if responsible %}{{ responsible }}{% elif lead %}niemand; {{ lead }} leitet {{ team }}{% else %}niemand{% endif %}{% if had %}; vorher schon: {{ had | join(", ") }}{% endif %}.
{% if ack_by %}
Zeit: {{ ack_within }} Arbeitszeit, bis {{ ack_by }}{% if resolve_by %}; gelöst bis {{ resolve_by }}{% endif %}.
{% elif resolve_by %}
Zeit: gelöst bis {{ resolve_by }}.
{% endif %}
[next]
[reading]
{% if done %}
Erledigt: {{ done | join("; ") }}.
{% endif %}
{% if skipped %}
Nicht ausgeführt: {{ skipped | join("; ") }}.
{% endif %}

[how]
""",
        "ladder_hint": """\
{% if authority %}Das dürfen Sie selbst entscheiden: {{ authority }}{% else %}Lässt sich das hier lösen, ohne es weiterzugeben?{% endif %}
[late]
[reading]

[why]
[clock]
[earlier]

{% if next_at and next_level %}
Antwort bis {{ next_at }}: keine Eskalation; sonst folgt Stufe {{ next_level }}{% if next_responsible %}: {{ next_responsible }}{% endif %}.
{% endif %}
Sofort eskalieren: /escalate in eine interne Notiz schreiben.
""",
        "ladder_acknowledged": """\
Übernommen{% if by %} von {{ by }}{% endif %}: Stufe {{ level }} von {{ policy }} hält hier an.
{% if until %}
Ist keine Arbeit zu sehen, geht es am {{ until }} wieder auf.
{% endif %}
Zurückgeben: /handback und einen Grund in eine interne Notiz schreiben.
""",
        "ladder_handed_back": """\
Zurückgegeben{% if by %} von {{ by }}{% endif %}{% if because %}: {{ because }}{% endif %}.
[undone]
{% if ticket.owner %}
Jetzt: {{ ticket.owner }} ({{ ticket.group }}).
{% else %}
Jetzt: Gruppe {{ ticket.group }}, niemand ist zuständig.
{% endif %}
Wieder eskalieren: /escalate und einen Grund in eine interne Notiz schreiben.
""",
        "ladder_exhausted": """\
Niemand ist mehr da: die Eskalation {{ policy }} ist auf Stufe {{ level }} ausgeschöpft.

[why]
{% if had %}
Ohne Antwort gefragt: {{ had | join(", ") }}{% if responsible %}, {{ responsible }}{% endif %}.
{% endif %}
[clock]
Sie steht in jeder Sammelmeldung, bis jemand das Ticket übernimmt, der Kundschaft antwortet oder /ack in eine interne Notiz schreibt.
""",
        "ladder_resolved": """\
Eskalation beendet{% if because %}: {{ because }}{% endif %}.
[undone]
Sie stand auf Stufe {{ level }} von {{ policy }}{% if responsible %}, bei {{ responsible }}{% endif %}.
""",
        "ladder_reopened": """\
Wieder eskaliert, Stufe {{ level }}{% if responsible %}: {{ responsible }}{% endif %}{% if ack_by %}, Antwort bis {{ ack_by }}{% endif %}.
{% if because %}
Grund: {{ because }}.
{% endif %}
[next]

[how]
""",
        "ladder_suggested": """\
{% if answer %}Das würde ich tun ({{ policy }}): {{ answer }}.{% else %}Ich würde das eskalieren: {{ policy }}, Stufe {{ level }}{% if responsible %}, {{ responsible }}{% endif %}.{% endif %}

[why]
[clock]
[earlier]
{% if level == "0" and next_responsible %}
Nach dem Hinweis: Stufe {{ next_level }}, {{ next_responsible }}.
{% endif %}

Einverstanden: /accept in eine interne Notiz schreiben. Nicht: /reject. Von selbst geschieht nichts.
""",
        "ladder_snoozed": """\
Zurückgestellt{% if until %} bis {{ until }}{% endif %}{% if by %} von {{ by }}{% endif %}: Stufe {{ level }} von {{ policy }} wartet.
Die SLA-Uhren laufen weiter.
""",
        "ladder_explain": """\
Eskalation {{ policy }}, Stufe {{ level }}{% if level_name %} ({{ level_name }}){% endif %}: {{ phase }}.

[why]
{% if responsible %}
Zuständig: {{ responsible }}{% if ack_by %}, Antwort bis {{ ack_by }}{% endif %}.
{% endif %}
{% if had %}
Bisher hatten es: {{ had | join(", ") }}.
{% endif %}
[clock]
{% if next_at %}
[next]
{% endif %}
{% if until %}
Sie wartet bis {{ until }}.
{% endif %}
{% if answer %}

{{ answer }}
{% endif %}

Was sie beendet: eine Antwort dieser Personen an die Kundschaft, das Ticket übernehmen, /ack, das Ticket schließen{% if metric %}; bei einer SLA, dass sie erfüllt ist ({{ metric }}){% endif %}.
""",
        "command_answer": """\
{% if answer %}{{ answer }}{% else %}Dieser Befehl wurde nicht verstanden.{% endif %}
{% if command and command not in answer %}
Nicht befolgt: {{ command }}
{% endif %}
Befehle stehen in der ersten Zeile einer internen Notiz: /escalate, /ack, /handback und ein Grund, /snooze 2h, /explain.
""",
    },
    _PIECES,
)
