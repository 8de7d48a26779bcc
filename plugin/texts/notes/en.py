"""The built-in notes in English."""

from typing import Final

ENGLISH: Final = {
    "why": """\
{{ rule }}: {{ reason }}
{% if late %}
This note is late: it was due {{ late }}.
{% endif %}
{% if breached_by %}
SLA {{ sla }}: {{ metric }} was due {{ due_at }}, {{ breached_by }} of working time ago.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} is due {{ due_at }}, in {{ remaining }} of working time.
{% endif %}
{% if earlier %}

Earlier tickets of this customer:
{% for ticket in earlier %}
#{{ ticket.number }} of {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
{% endif %}
{% if done %}

Done:
{% for step in done %}
- {{ step }}
{% endfor %}
{% endif %}
{% if skipped %}

Not done:
{% for step in skipped %}
- {{ step }}
{% endfor %}
{% endif %}

{% if ticket.owner %}
Next: {{ ticket.owner }} ({{ ticket.group }}){% if promise_at %}, by {{ promise_at }}{% endif %}.
{% elif lead %}
Next: nobody owns this ticket yet; {{ lead }} leads {{ team }}.
{% else %}
Next: nobody owns this ticket yet (group {{ ticket.group }}).
{% endif %}
""",
    "authority_hint": """\
{% if authority %}
You may decide this yourself: {{ authority }}
{% else %}
Can this be solved here, without passing it on?
{% endif %}

Why this hint: {{ reason }} (rule {{ rule }}).
{% if lead %}
If it goes beyond that, ask {{ lead }}.
{% endif %}
""",
    "case_kept": """\
Recorded in another system: {% for case in cases %}{{ case.system }} {{ case.reference }} {% endfor %}
""",
}
