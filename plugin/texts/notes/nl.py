"""The built-in notes in Dutch."""

from typing import Final

DUTCH: Final = {
    "why": """\
{{ rule }}: {{ reason }}
{% if late %}
Deze notitie komt te laat: ze had er {{ late }} moeten zijn.
{% endif %}
{% if breached_by %}
SLA {{ sla }}: {{ metric }} had er {{ due_at }} moeten zijn, {{ breached_by }} werktijd geleden.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} uiterlijk {{ due_at }}, nog {{ remaining }} werktijd.
{% endif %}
{% if earlier %}

Eerdere tickets van deze klant:
{% for ticket in earlier %}
#{{ ticket.number }} van {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
{% endif %}
{% if done %}

Gedaan:
{% for step in done %}
- {{ step }}
{% endfor %}
{% endif %}
{% if skipped %}

Niet gedaan:
{% for step in skipped %}
- {{ step }}
{% endfor %}
{% endif %}

{% if ticket.owner %}
Nu aan zet: {{ ticket.owner }} ({{ ticket.group }}){% if promise_at %}, uiterlijk {{ promise_at }}{% endif %}.
{% elif lead %}
Nu aan zet: nog niemand; {{ lead }} leidt {{ team }}.
{% else %}
Nu aan zet: nog niemand (groep {{ ticket.group }}).
{% endif %}
""",
    "authority_hint": """\
{% if authority %}
Dit mag u zelf beslissen: {{ authority }}
{% else %}
Kan dit hier worden opgelost, zonder het door te geven?
{% endif %}

Waarom deze hint: {{ reason }} (regel {{ rule }}).
{% if lead %}
Gaat het verder dan dat, vraag dan {{ lead }}.
{% endif %}
""",
    "case_kept": """\
Vastgelegd in een ander systeem: {% for case in cases %}{{ case.system }} {{ case.reference }} {% endfor %}
""",
}
