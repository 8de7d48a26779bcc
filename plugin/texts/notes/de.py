"""The built-in notes in German."""

from typing import Final

GERMAN: Final = {
    "why": """\
{{ rule }}: {{ reason }}
{% if late %}
Diese Notiz kommt zu spät: fällig war sie {{ late }}.
{% endif %}
{% if breached_by %}
SLA {{ sla }}: {{ metric }} war fällig {{ due_at }}, seitdem {{ breached_by }} Arbeitszeit.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} fällig {{ due_at }}, noch {{ remaining }} Arbeitszeit.
{% endif %}
{% if earlier %}

Frühere Tickets dieser Kundin oder dieses Kunden:
{% for ticket in earlier %}
#{{ ticket.number }} vom {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
{% endif %}
{% if done %}

Erledigt:
{% for step in done %}
- {{ step }}
{% endfor %}
{% endif %}
{% if skipped %}

Nicht ausgeführt:
{% for step in skipped %}
- {{ step }}
{% endfor %}
{% endif %}

{% if ticket.owner %}
Als Nächstes: {{ ticket.owner }} ({{ ticket.group }}){% if promise_at %}, bis {{ promise_at }}{% endif %}.
{% elif lead %}
Als Nächstes: noch niemand zuständig; {{ team }} wird von {{ lead }} geleitet.
{% else %}
Als Nächstes: noch niemand zuständig (Gruppe {{ ticket.group }}).
{% endif %}
""",
    "authority_hint": """\
{% if authority %}
Das dürfen Sie selbst entscheiden: {{ authority }}
{% else %}
Lässt sich das hier lösen, ohne es weiterzugeben?
{% endif %}

Grund für diesen Hinweis: {{ reason }} (Regel {{ rule }}).
{% if lead %}
Geht es darüber hinaus, hilft {{ lead }}.
{% endif %}
""",
    "case_kept": """\
Erfasst in einem anderen System: {% for case in cases %}{{ case.system }} {{ case.reference }} {% endfor %}
""",
}
