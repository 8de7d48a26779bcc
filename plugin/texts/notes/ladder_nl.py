"""The built-in notes of a ladder in Dutch."""

from typing import Final

from plugin.texts.notes.pieces import with_pieces

_PIECES: Final = {
    "late": """\
{% if late %}
Deze notitie komt te laat: ze had er {{ late }} moeten zijn.
{% endif %}
""",
    "why": """\
{% for cause in causes %}
{% if loop.first %}Waarom: {% else %}En: {% endif %}{{ cause.why }}{% if cause.by %} (gevraagd door {{ cause.by }}){% endif %}
{% endfor %}
""",
    "clock": """\
{% if breached_by %}
SLA {{ sla }}: {{ metric }} had er {{ due_at }} moeten zijn, {{ breached_by }} werktijd geleden.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} uiterlijk {{ due_at }}, nog {{ remaining }} werktijd.
{% endif %}
""",
    "earlier": """\
{% for ticket in earlier %}
{% if loop.first %}
Eerdere tickets van deze klant:
{% endif %}
#{{ ticket.number }} van {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
""",
    "reading": """\
{% if script %}
Wat te zeggen: {{ script }}
{% endif %}
{% if link %}
Lees verder: {{ link }}
{% endif %}
""",
    "next": """\
{% if next_at and next_level %}
Gebeurt er niets: niveau {{ next_level }} op {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% elif next_at %}
Gebeurt er niets: na {{ next_at }} is er niemand meer; dan wordt het gemeld tot iemand iets doet.
{% else %}
Gebeurt er niets: vanzelf wordt niemand anders gevraagd.
{% endif %}
""",
    "undone": """\
{% if undone %}
Teruggezet: {{ undone | join("; ") }}.
{% endif %}
{% if skipped %}
Zo gelaten: {{ skipped | join("; ") }}.
{% endif %}
""",
    "how": """\
Bevestigen: neem het ticket over, antwoord de klant, of schrijf /ack in een interne notitie.
Teruggeven: /handback en een reden. Later: /snooze 2h. Hoe het ervoor staat: /explain.
""",
}

LADDER_DUTCH: Final = with_pieces(
    {
        "ladder_level": """\
Geëscaleerd{% if kind == "functional" %} naar {{ ticket.group }}{% endif %}, niveau {{ level }}: {% if responsible %}{{ responsible }}{% else %}niemand is beschikbaar{% endif %}{% if ack_by %}, antwoord uiterlijk {{ ack_by }}{% endif %}.
[late]

[why]
{% if because %}
Waarom dit niveau: {{ because }}.
{% endif %}
{% if skipped_levels %}
Overgeslagen, omdat de tijd al om was: niveau {{ skipped_levels | join(", ") }}.
{% endif %}
[clock]
[earlier]

Soort: {% if kind == "functional" %}functioneel, naar wie het weet{% else %}hiërarchisch, naar wie beslist{% endif %}; niveau {{ level }}{% if level_name %} ({{ level_name }}){% endif %} van {{ policy }}.
Verantwoordelijk: {% if responsible %}{{ responsible }}{% elif lead %}niemand; {{ lead }} leidt {{ team }}{% else %}niemand{% endif %}{% if had %}; eerder al: {{ had | join(", ") }}{% endif %}.
{% if ack_by %}
Tijd: {{ ack_within }} werktijd, tot {{ ack_by }}{% if resolve_by %}; opgelost uiterlijk {{ resolve_by }}{% endif %}.
{% elif resolve_by %}
Tijd: opgelost uiterlijk {{ resolve_by }}.
{% endif %}
[next]
[reading]
{% if done %}
Gedaan: {{ done | join("; ") }}.
{% endif %}
{% if skipped %}
Niet gedaan: {{ skipped | join("; ") }}.
{% endif %}

[how]
""",
        "ladder_hint": """\
{% if authority %}Dit mag u zelf beslissen: {{ authority }}{% else %}Kan dit hier worden opgelost, zonder het door te geven?{% endif %}
[late]
[reading]

[why]
[clock]
[earlier]

{% if next_at and next_level %}
Antwoord uiterlijk {{ next_at }}: geen escalatie; anders volgt niveau {{ next_level }}{% if next_responsible %}: {{ next_responsible }}{% endif %}.
{% endif %}
Meteen escaleren: schrijf /escalate in een interne notitie.
""",
        "ladder_acknowledged": """\
Bevestigd{% if by %} door {{ by }}{% endif %}: niveau {{ level }} van {{ policy }} stopt hier.
{% if until %}
Is er geen werk te zien, dan gaat het op {{ until }} weer open.
{% endif %}
Teruggeven: schrijf /handback en een reden in een interne notitie.
""",
        "ladder_handed_back": """\
Teruggegeven{% if by %} door {{ by }}{% endif %}{% if because %}: {{ because }}{% endif %}.
[undone]
{% if ticket.owner %}
Nu: {{ ticket.owner }} ({{ ticket.group }}).
{% else %}
Nu: groep {{ ticket.group }}, niemand heeft het.
{% endif %}
Opnieuw escaleren: schrijf /escalate en een reden in een interne notitie.
""",
        "ladder_exhausted": """\
Er is niemand meer: escalatie {{ policy }} is op niveau {{ level }} uitgeput.

[why]
{% if had %}
Zonder antwoord gevraagd: {{ had | join(", ") }}{% if responsible %}, {{ responsible }}{% endif %}.
{% endif %}
[clock]
Ze staat in elk overzicht tot iemand het ticket overneemt, de klant antwoordt of /ack in een interne notitie schrijft.
""",
        "ladder_resolved": """\
Escalatie voorbij{% if because %}: {{ because }}{% endif %}.
[undone]
Ze stond op niveau {{ level }} van {{ policy }}{% if responsible %}, bij {{ responsible }}{% endif %}.
""",
        "ladder_reopened": """\
Opnieuw geëscaleerd, niveau {{ level }}{% if responsible %}: {{ responsible }}{% endif %}{% if ack_by %}, antwoord uiterlijk {{ ack_by }}{% endif %}.
{% if because %}
Waarom: {{ because }}.
{% endif %}
[next]

[how]
""",
        "ladder_suggested": """\
{% if answer %}Dit zou ik doen ({{ policy }}): {{ answer }}.{% else %}Ik zou dit escaleren: {{ policy }}, niveau {{ level }}{% if responsible %}, {{ responsible }}{% endif %}.{% endif %}

[why]
[clock]
[earlier]
{% if level == "0" and next_responsible %}
Na de hint: niveau {{ next_level }}, {{ next_responsible }}.
{% endif %}

Doen: schrijf /accept in een interne notitie. Niet doen: /reject. Vanzelf gebeurt er niets.
""",
        "ladder_snoozed": """\
Uitgesteld{% if until %} tot {{ until }}{% endif %}{% if by %} door {{ by }}{% endif %}: niveau {{ level }} van {{ policy }} wacht.
De SLA-klokken lopen door.
""",
        "ladder_explain": """\
Escalatie {{ policy }}, niveau {{ level }}{% if level_name %} ({{ level_name }}){% endif %}: {{ phase }}.

[why]
{% if responsible %}
Verantwoordelijk: {{ responsible }}{% if ack_by %}, antwoord uiterlijk {{ ack_by }}{% endif %}.
{% endif %}
{% if had %}
Hadden het tot nu toe: {{ had | join(", ") }}.
{% endif %}
[clock]
{% if next_at %}
[next]
{% endif %}
{% if until %}
Ze wacht tot {{ until }}.
{% endif %}
{% if answer %}

{{ answer }}
{% endif %}

Wat haar stopt: een antwoord van een van hen aan de klant, het ticket overnemen, /ack, het ticket sluiten{% if metric %}; bij een SLA, dat deze gehaald is ({{ metric }}){% endif %}.
""",
        "command_answer": """\
{% if answer %}{{ answer }}{% else %}Deze opdracht werd niet begrepen.{% endif %}
{% if command and command not in answer %}
Niet uitgevoerd: {{ command }}
{% endif %}
Opdrachten staan op de eerste regel van een interne notitie: /escalate, /ack, /handback en een reden, /snooze 2h, /explain.
""",
    },
    _PIECES,
)
