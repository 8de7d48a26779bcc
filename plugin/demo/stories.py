"""The people of the demo and the five things that happen to them."""

from __future__ import annotations

from datetime import timedelta

from plugin.domain.dataclass import dataclass
from plugin.simulated.desk import SimulatedDesk

GROUPS = ("1st Level", "Finance", "Warranty claims", "Management", "Back office", "Social media")

AGENTS = (
    ("Ruud Rap", "ruud@example.com", ("1st Level",)),
    ("Marta Maas", "marta@example.com", ("Finance",)),
    ("Ana Alvarez", "ana@example.com", ("Finance", "1st Level")),
    ("Ben Berger", "ben@example.com", ("Finance",)),
    ("Walter Wolf", "walter@example.com", ("Warranty claims",)),
    ("Mia Manager", "mia@example.com", GROUPS),
    ("Otto Ort", "otto@example.com", ("Back office",)),
    ("Sofia Silva", "sofia@example.com", ("Social media",)),
)


@dataclass(frozen=True, slots=True)
class Sequel:
    """What happens to a ticket `after` its story: nothing but time, or what an agent does."""

    title: str
    after: timedelta = timedelta(0)
    by: str = ""
    note: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What one customer writes; `earlier` are subjects of the same person, days ago and closed."""

    title: str
    customer: str
    email: str
    language: str
    subject: str
    text: str
    group: str = "1st Level"
    channel: str = "email"
    earlier: tuple[tuple[int, str], ...] = ()


STORIES = (
    Story(
        title="A hotel guest writes about a wrong invoice for the third time this month",
        customer="Joost de Vries",
        email="joost.devries@guest.example",
        language="nl",
        subject="Factuur klopt nog steeds niet",
        text=(
            "Goedemiddag, voor de derde keer: de factuur van kamer 214 klopt niet, de minibar"
            " staat er dubbel op. Wanneer wordt dit eindelijk rechtgezet?"
        ),
        earlier=((19, "Vraag over mijn factuur"), (8, "Factuur weer verkeerd")),
    ),
    Story(
        title="A car dealer's customer disputes a warranty decision",
        customer="Karin Krause",
        email="karin.krause@autofreunde.example",
        language="de",
        subject="Ablehnung meines Garantiefalls",
        text=(
            "Sehr geehrte Damen und Herren, Sie haben die Reparatur des Getriebes nach 14.000 km"
            " abgelehnt. Das ist ein Garantiefall. Ich bitte um Prüfung durch einen Fachmann."
        ),
    ),
    Story(
        title="A restaurant guest reports a matter of food safety",
        customer="Emily Evans",
        email="emily.evans@mail.example",
        language="en",
        subject="Raw chicken served to my children",
        text=(
            "We ate at your restaurant yesterday and were served raw chicken. My son is ill and"
            " we are at the hospital now. Somebody has to call me today."
        ),
    ),
    Story(
        title="A shop's customer cancels an order",
        customer="Tom Taylor",
        email="tom.taylor@mail.example",
        language="en",
        subject="Please cancel my order 4711",
        text="Hi, I ordered the wrong size. Please cancel my order 4711 before it is sent. Thanks!",
    ),
    Story(
        title="A complaint in public, on a social network",
        customer="Sven Sommer",
        email="sven.sommer@social.example",
        language="en",
        subject="Broken after two days",
        text="Your new blender is broken after two days. So disappointed. Never again! #fail",
        group="Social media",
        channel="social",
    ),
)

SEQUELS = (
    Sequel("An hour later nobody in Finance has acknowledged", after=timedelta(minutes=61)),
    Sequel("The head of Finance acknowledges, in a note", by="marta@example.com", note="/ack"),
    Sequel(
        "She answers and closes the ticket",
        by="marta@example.com",
        reply="Beste heer De Vries, de factuur is gecorrigeerd; u vindt de nieuwe hierbij.",
    ),
)
"""What becomes of the first story's ticket."""


def furnish(desk: SimulatedDesk) -> None:
    """Groups, people, and the earlier tickets the stories speak of; nothing is announced."""
    for group in GROUPS:
        desk.add_group(group)
    for name, email, groups in AGENTS:
        desk.add_agent(name, email, dict.fromkeys(groups, "full"))
    now = desk.now()
    clock = desk.clock
    for story in STORIES:
        desk.add_customer(story.customer, story.email, language=story.language)
        for days, subject in story.earlier:
            desk.clock = lambda days=days: now - timedelta(days=days)  # type: ignore[misc]
            ticket = desk.customer_writes(
                story.email, subject, f"{subject}.", group="1st Level", channel="email"
            )
            desk.agent_replies(ticket, "ruud@example.com", "Dat is nu gecorrigeerd.", close=True)
    desk.clock = clock


def go_on(sequel: Sequel, desk: SimulatedDesk, ticket: int) -> None:
    """Let an agent do what a sequel tells of; time is the caller's."""
    if sequel.note:
        desk.agent_notes(ticket, sequel.by, sequel.note)
    if sequel.reply:
        desk.agent_replies(ticket, sequel.by, sequel.reply, close=True)


def happen(story: Story, desk: SimulatedDesk) -> int:
    """Let the customer of a story write; the ticket's id."""
    return desk.customer_writes(
        story.email, story.subject, story.text, group=story.group, channel=story.channel
    )
