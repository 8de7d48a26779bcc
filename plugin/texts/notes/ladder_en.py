"""The built-in notes of a ladder in English: what happened, why, who, by when, what comes next."""

from typing import Final

from plugin.texts.notes.pieces import with_pieces

_PIECES: Final = {
    "late": """\
{% if late %}
This note is late: it was due {{ late }}.
{% endif %}
""",
    "why": """\
{% for cause in causes %}
{% if loop.first %}Why: {% else %}And: {% endif %}{{ cause.why }}{% if cause.by %} (asked for by {{ cause.by }}){% endif %}
{% endfor %}
""",
    "clock": """\
{% if breached_by %}
SLA {{ sla }}: {{ metric }} was due {{ due_at }}, {{ breached_by }} of working time ago.
{% elif remaining and due_at %}
SLA {{ sla }}: {{ metric }} is due {{ due_at }}, in {{ remaining }} of working time.
{% endif %}
""",
    "earlier": """\
{% for ticket in earlier %}
{% if loop.first %}
Earlier tickets of this customer:
{% endif %}
#{{ ticket.number }} of {{ ticket.created_at }}: {{ ticket.url }}
{% endfor %}
""",
    "reading": """\
{% if script %}
What to say: {{ script }}
{% endif %}
{% if link %}
Read on: {{ link }}
{% endif %}
""",
    "next": """\
{% if next_at and next_level %}
If nothing is done: level {{ next_level }} on {{ next_at }}{% if next_responsible %}, {{ next_responsible }}{% endif %}.
{% elif next_at %}
If nothing is done: after {{ next_at }} nobody is left to ask; it is then reported until somebody acts.
{% else %}
If nothing is done: nobody else is asked by itself.
{% endif %}
""",
    "undone": """\
{% if undone %}
Put back: {{ undone | join("; ") }}.
{% endif %}
{% if skipped %}
Left as it is: {{ skipped | join("; ") }}.
{% endif %}
""",
    "how": """\
Acknowledge: take the ticket, answer the customer, or write /ack in an internal note.
Give it back: /handback and a reason. Later: /snooze 2h. How it stands: /explain.
""",
}

LADDER_ENGLISH: Final = with_pieces(
    {
        "ladder_level": """\
Escalated{% if kind == "functional" %} to {{ ticket.group }}{% endif %}, level {{ level }}: {% if responsible %}{{ responsible }}{% else %}nobody is available{% endif %}{% if ack_by %}, answer by {{ ack_by }}{% endif %}.
[late]

[why]
{% if because %}
Why this level: {{ because }}.
{% endif %}
{% if skipped_levels %}
Passed over, as its time had run out already: level {{ skipped_levels | join(", ") }}.
{% endif %}
[clock]
[earlier]

Type: {% if kind == "functional" %}functional, to those who know{% else %}hierarchical, to those who decide{% endif %}; level {{ level }}{% if level_name %} ({{ level_name }}){% endif %} of policy {{ policy }}.
Responsible: {% if responsible %}{{ responsible }}{% elif lead %}nobody; {{ lead }} leads {{ team }}{% else %}nobody{% endif %}{% if had %}; had it before: {{ had | join(", ") }}{% endif %}.
{% if ack_by %}
Time: {{ ack_within }} of working time, until {{ ack_by }}{% if resolve_by %}; solved by {{ resolve_by }}{% endif %}.
{% elif resolve_by %}
Time: solved by {{ resolve_by }}.
{% endif %}
[next]
[reading]
{% if done %}
Done: {{ done | join("; ") }}.
{% endif %}
{% if skipped %}
Not done: {{ skipped | join("; ") }}.
{% endif %}

[how]
""",
        "ladder_hint": """\
{% if authority %}You may decide this yourself: {{ authority }}{% else %}Can this be solved here, without passing it on?{% endif %}
[late]
[reading]

[why]
[clock]
[earlier]

{% if next_at and next_level %}
Answered by {{ next_at }}, it is not escalated; else level {{ next_level }} follows{% if next_responsible %}: {{ next_responsible }}{% endif %}.
{% endif %}
Escalate at once: write /escalate in an internal note.
""",
        "ladder_acknowledged": """\
Acknowledged{% if by %} by {{ by }}{% endif %}: level {{ level }} of {{ policy }} stops here.
{% if until %}
If no work is seen, it opens again on {{ until }}.
{% endif %}
Give it back: write /handback and a reason in an internal note.
""",
        "ladder_handed_back": """\
Handed back{% if by %} by {{ by }}{% endif %}{% if because %}: {{ because }}{% endif %}.
[undone]
{% if ticket.owner %}
Now: {{ ticket.owner }} ({{ ticket.group }}).
{% else %}
Now: group {{ ticket.group }}, nobody owns it.
{% endif %}
Escalate again: write /escalate and a reason in an internal note.
""",
        "ladder_exhausted": """\
Nobody is left to ask: escalation {{ policy }} is exhausted at level {{ level }}.

[why]
{% if had %}
Asked without an answer: {{ had | join(", ") }}{% if responsible %}, {{ responsible }}{% endif %}.
{% endif %}
[clock]
It is in every digest until somebody takes the ticket, answers the customer or writes /ack in an internal note.
""",
        "ladder_resolved": """\
Escalation over{% if because %}: {{ because }}{% endif %}.
[undone]
It was at level {{ level }} of {{ policy }}{% if responsible %}, with {{ responsible }}{% endif %}.
""",
        "ladder_reopened": """\
Escalated again, level {{ level }}{% if responsible %}: {{ responsible }}{% endif %}{% if ack_by %}, answer by {{ ack_by }}{% endif %}.
{% if because %}
Why: {{ because }}.
{% endif %}
[next]

[how]
""",
        "ladder_suggested": """\
{% if answer %}I would do this ({{ policy }}): {{ answer }}.{% else %}I would escalate this: policy {{ policy }}, level {{ level }}{% if responsible %}, {{ responsible }}{% endif %}.{% endif %}

[why]
[clock]
[earlier]
{% if level == "0" and next_responsible %}
After the hint: level {{ next_level }}, {{ next_responsible }}.
{% endif %}

Do it: write /accept in an internal note. Do not: /reject. Nothing happens by itself.
""",
        "ladder_snoozed": """\
Snoozed{% if until %} until {{ until }}{% endif %}{% if by %} by {{ by }}{% endif %}: level {{ level }} of {{ policy }} waits.
The SLA clocks go on.
""",
        "ladder_explain": """\
Escalation {{ policy }}, level {{ level }}{% if level_name %} ({{ level_name }}){% endif %}: {{ phase }}.

[why]
{% if responsible %}
Responsible: {{ responsible }}{% if ack_by %}, answer by {{ ack_by }}{% endif %}.
{% endif %}
{% if had %}
Had it so far: {{ had | join(", ") }}.
{% endif %}
[clock]
{% if next_at %}
[next]
{% endif %}
{% if until %}
It waits until {{ until }}.
{% endif %}
{% if answer %}

{{ answer }}
{% endif %}

What stops it: an answer to the customer by one of these, taking the ticket, /ack, closing the ticket{% if metric %}; for an SLA, that {{ metric }} is met{% endif %}.
""",
        "command_answer": """\
{% if answer %}{{ answer }}{% else %}This command was not understood.{% endif %}
{% if command and command not in answer %}
Not followed: {{ command }}
{% endif %}
Commands stand in the first line of an internal note: /escalate, /ack, /handback and a reason, /snooze 2h, /explain.
""",
    },
    _PIECES,
)
