"""Files to be measured with: rules as people write them. Measures nothing itself."""

from __future__ import annotations

from random import Random

ENVIRON = {"TOKEN": "a-token-of-the-bench", "SECRET": "a-secret-of-the-bench"}

_HEAD = """\
version: 1
helpdesks:
  support:
    type: zammad
    url: {url}
    token: ${{TOKEN}}
    webhook_secret: ${{SECRET}}
    service_user: deskladder@example.com
defaults: {{calendar: c0, language: en, mode: act}}
guards: {{actions_per_5m: 100000, human_touch_grace: 0s}}
calendars:
{calendars}
teams:
{teams}
rules:
{rules}
replies:
  we_look:
    en: "Dear {{{{ customer.name }}}}, a colleague looks at it and will answer by {{{{ promise_at }}}}."
    de: "Guten Tag {{{{ customer.name }}}}, wir kümmern uns darum und antworten bis {{{{ promise_at }}}}."
    nl: "Beste {{{{ customer.name }}}}, een collega kijkt ernaar en antwoordt uiterlijk {{{{ promise_at }}}}."
"""
_CALENDAR = """\
  c{number}:
    timezone: {zone}
    hours: {{mon-thu: [09:00-12:30, 13:00-17:30], fri: [09:00-16:00]}}
    holidays: [2026-12-24, 2026-12-25, 2026-12-28{feed}]
"""
_TEAM = "  team{number}: {{group: Group {number}, lead: lead{number}@example.com}}\n"
_RULE = """\
  - name: rule {number} about {first} and {second}
    on: [ticket.created, customer.replied]
    when:
      all:
        - group: Group {group}
        - any:
            - text: {{any_of: {{en: [{first}, {second}], nl: [{third}, factuur], de: [Rechnung{number}]}}}}
            - subject: {{contains: {third}}}
        - priority: {{at_least: {priority}}}
        - field.sum: {{at_least: {sum}}}
      none:
        - tags: [vip-desk, seen-{number}]
        - customer.domain: [example.com, partner{number}.example.org]
    do:
      - tag: [escalated, topic-{number}]
      - priority: high
      - note: "About {first}: ticket {{{{ ticket.number }}}} of {{{{ customer.name }}}}."
      - reply: we_look
"""
_WORDS = [
    "invoice",
    "bill",
    "refund",
    "warranty",
    "lawyer",
    "complaint",
    "broken",
    "late",
    "order",
    "cancel",
    "room",
    "dirty",
    "rude",
    "safety",
    "allergy",
    "delivery",
    "damaged",
    "wrong",
    "charge",
    "twice",
    "answer",
    "waiting",
]
_ZONES = ("Europe/Amsterdam", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
_FEEDS = ("NL", "DE-BY", "US")


def file_text(
    rules: int, *, calendars: int = 2, feeds: int = 0, url: str = "https://help.example.com"
) -> str:
    """A whole file; about 0.7 kB a rule. `feeds` calendars ask for the holidays of a country."""
    random = Random(7)
    return _HEAD.format(
        url=url,
        calendars="".join(
            _CALENDAR.format(
                number=number,
                zone=_ZONES[number % len(_ZONES)],
                feed=f", {_FEEDS[number % len(_FEEDS)]}" if number < feeds else "",
            )
            for number in range(calendars)
        ),
        teams="".join(_TEAM.format(number=number) for number in range(12)),
        rules="".join(
            _RULE.format(
                number=number,
                group=random.randrange(12),
                first=random.choice(_WORDS),
                second=random.choice(_WORDS),
                third=random.choice(_WORDS),
                priority=random.choice(["normal", "high", "urgent"]),
                sum=random.randrange(1000),
            )
            for number in range(rules)
        ),
    )
