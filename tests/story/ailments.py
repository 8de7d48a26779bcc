"""Set-ups that are broken in one way each: what the doctor must find, and how they come about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from plugin.domain.storing import CONFIG_REFUSED, HEARTBEAT, refused_call
from plugin.simulated.faults import Trouble
from plugin.simulated.freescout.data import ROBOT
from plugin.simulated.routes import Routes
from plugin.simulated.zammad import rows
from tests.story.clinic import CERTIFICATE, Clinic, Front

Break = Callable[[Clinic], object]


@dataclass(frozen=True, slots=True)
class Ailment:
    """`check` is the file that must find it; `level` how much it matters."""

    host: str
    name: str
    check: str
    break_it: Break
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.host}-{self.name.replace(' ', '-')}"


_ALL: list[Ailment] = []


def ailment(
    name: str, check: str, *, on: tuple[str, ...] = ("zammad",), level: str = "error"
) -> Callable[[Break], Break]:
    """Register what breaks a set-up."""

    def register(break_it: Break) -> Break:
        _ALL.extend(Ailment(host, name, check, break_it, level) for host in on)
        return break_it

    return register


BOTH, FREESCOUT = ("zammad", "freescout"), ("freescout",)


def every() -> Iterator[Ailment]:
    """All of them."""
    return iter(_ALL)


# The way to the helpdesk ------------------------------------------------------------------------


@ailment("helpdesk is down", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.desk.stop()


@ailment("helpdesk redirects", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    moved = Front()
    moved.answer = (301, "", ("Location", "https://new.example.com/api?secret=1"))
    clinic.fronts.append(moved)
    clinic.edit(f"url: {clinic.desk.url}\n", f"url: {moved.url}\n")


@ailment("a page in front of the helpdesk", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.desk.faults.add(Trouble.HTML_PAGE, times=None)


@ailment("certificate not accepted", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    behind = Front(CERTIFICATE)
    clinic.fronts.append(behind)
    clinic.edit(f"url: {clinic.desk.url}\n", f"url: {behind.url}\n")


@ailment("https to a port without TLS", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit(f"url: {clinic.desk.url}\n", f"url: {clinic.desk.url.replace('http', 'https')}\n")


@ailment("wrong token", "access", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.set("HELPDESK_TOKEN", "somebody-elses-token")


@ailment("token has expired", "access")
def _(clinic: Clinic) -> None:
    clinic.desk.data.tokens[clinic.desk.token]["expires_at"] = "2020-01-01T00:00:00.000Z"


@ailment("token without ticket agent", "access")
def _(clinic: Clinic) -> None:
    clinic.desk.data.tokens[clinic.desk.token]["preferences"]["permission"] = ["user_preferences"]


@ailment("token access is off", "access")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.token_access = False


@ailment("maintenance mode", "access")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.maintenance = True


@ailment("maintenance mode", "access", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.desk.maintenance = True


@ailment("untrusted host name", "access", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.desk.trusted_hosts.discard("127.0.0.1")


@ailment("no API module", "access", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.monkeypatch.setattr("plugin.simulated.freescout.desk.ROUTES", Routes())


@ailment("administrator's token is wrong", "access")
def _(clinic: Clinic) -> None:
    clinic.set("ADMIN_TOKEN", "nobody-knows-it")


# The service user and its groups --------------------------------------------------------------


def _bot(clinic: Clinic) -> dict:
    return clinic.desk.data.find_user(clinic.desk.service_user)


def _robot(clinic: Clinic) -> object:
    return clinic.desk.data.user_by_email(clinic.desk.service_user)


@ailment("service user is not active", "access")
def _(clinic: Clinic) -> None:
    _bot(clinic)["active"] = False


@ailment("token of somebody else", "service_user")
def _(clinic: Clinic) -> None:
    clinic.desk.give_token("ben@example.com", "bens-token", ["ticket.agent"])
    clinic.set("HELPDESK_TOKEN", "bens-token")


@ailment("no such service user", "service_user", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.edit("service_user: deskladder@example.com", "service_user: triage@example.com")


@ailment("service user was deleted", "service_user", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    user = _robot(clinic)
    user.deleted, user.email = True, f"{user.email}_deleted20261101120000"


@ailment("service user is the robot of workflows", "service_user", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.desk.data.add_user("Workflow", ROBOT, "user", {1, 2})
    clinic.edit("service_user: deskladder@example.com", f"service_user: {ROBOT}")


@ailment("no access to a group", "groups")
def _(clinic: Clinic) -> None:
    _bot(clinic)["group_ids"].pop(_number(clinic, "Finance"))


@ailment("only some access to a group", "groups", level="warning")
def _(clinic: Clinic) -> None:
    _bot(clinic)["group_ids"][_number(clinic, "Finance")] = ["read", "change", "create"]


def _number(clinic: Clinic, group: str) -> str:
    return str(clinic.desk.data.group_named(group)["id"])


@ailment("group is not active", "groups")
def _(clinic: Clinic) -> None:
    clinic.desk.data.group_named("Finance")["active"] = False


@ailment("group without an e-mail address", "groups")
def _(clinic: Clinic) -> None:
    clinic.desk.data.group_named("Finance")["email_address_id"] = None


@ailment("no access to a mailbox", "mailboxes", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    _robot(clinic).mailboxes.clear()


@ailment("Tags module is missing", "modules", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.desk.modules = frozenset({"custom_fields"})


@ailment("Custom Fields module is missing", "modules", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.edit("{note: why}", "{field: {name: Reason, value: billing}}")
    clinic.desk.modules = frozenset({"tags"})


@ailment("service user is mailed", "notifications", level="warning")
def _(clinic: Clinic) -> None:
    _bot(clinic)["preferences"] = rows.NOTIFICATIONS


@ailment("old version", "version", level="warning")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.version = "5.2.3"


@ailment("a new tag on Zammad 6", "tags", level="warning")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.version = "6.4.0"
    clinic.edit("{tag: billing}", "{tag: wrong-invoice}")


@ailment("no access to any group", "groups")
def _(clinic: Clinic) -> None:
    clinic.name_no_group()
    _bot(clinic)["group_ids"] = {}


@ailment("no access to any mailbox", "mailboxes", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.name_no_group()
    _robot(clinic).mailboxes.clear()


@ailment("a priority that is not there", "priorities")
def _(clinic: Clinic) -> None:
    clinic.add_option("priorities: {high: 3 high, urgent: 4 urgent}")


@ailment("a priority field that is not there", "options", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.add_option('priority: {field: Priority, values: {high: "3"}}')


@ailment("somebody unknown is absent", "options", on=FREESCOUT, level="warning")
def _(clinic: Clinic) -> None:
    clinic.add_option("absent: [{who: otto@example.com, from: 2026-12-21, to: 2027-01-02}]")


@ailment("deadlines to borrow and none there", "deadlines", level="warning")
def _(clinic: Clinic) -> None:
    calendar = "calendars: {always: {timezone: UTC, hours: 24/7}}\n"
    policy = "sla: [{name: zammads, source: helpdesk, calendar: always, at_risk: [30m]}]\n"
    clinic.edit("rules:\n", f"{calendar}{policy}rules:\n")


# Webhook and trigger ------------------------------------------------------------------------------


def _hook(clinic: Clinic) -> dict:
    return next(iter(clinic.desk.data.tables["webhooks"].values()))


def _trigger(clinic: Clinic) -> dict:
    return next(iter(clinic.desk.data.tables["triggers"].values()))


@ailment("no webhook", "webhook")
def _(clinic: Clinic) -> None:
    clinic.desk.data.tables["webhooks"].clear()


@ailment("webhook is not active", "webhook")
def _(clinic: Clinic) -> None:
    _hook(clinic)["active"] = False


@ailment("webhook points elsewhere", "webhook")
def _(clinic: Clinic) -> None:
    _hook(clinic)["endpoint"] = "https://old.example.com/webhooks/support"


@ailment("webhook is not signed", "webhook")
def _(clinic: Clinic) -> None:
    _hook(clinic)["signature_token"] = None


@ailment("webhook has another secret", "webhook")
def _(clinic: Clinic) -> None:
    _hook(clinic)["signature_token"] = "last-years-secret"


@ailment("webhook with a payload of its own", "webhook")
def _(clinic: Clinic) -> None:
    _hook(clinic).update(customized_payload=True, custom_payload='{"title": "#{ticket.title}"}')


@ailment("two webhooks", "webhook", level="warning")
def _(clinic: Clinic) -> None:
    clinic.desk.data.tables["webhooks"][99] = {**_hook(clinic), "id": 99, "name": "Sidecar"}


@ailment("no trigger", "trigger")
def _(clinic: Clinic) -> None:
    clinic.desk.data.tables["triggers"].clear()


@ailment("trigger is not active", "trigger")
def _(clinic: Clinic) -> None:
    _trigger(clinic)["active"] = False


@ailment("trigger with an unknown attribute", "trigger")
def _(clinic: Clinic) -> None:
    _trigger(clinic)["condition"] = {"ticket.nope": {"operator": "is", "value": "x"}}


@ailment("trigger with an unknown operator", "trigger")
def _(clinic: Clinic) -> None:
    _trigger(clinic)["condition"] = {"ticket.title": {"operator": "sounds like", "value": "x"}}


@ailment("trigger with a list of events", "trigger")
def _(clinic: Clinic) -> None:
    events = {"operator": "is", "value": ["create", "update"]}
    _trigger(clinic)["condition"] = {"ticket.action": events}


@ailment("trigger for some tickets only", "trigger", level="warning")
def _(clinic: Clinic) -> None:
    _trigger(clinic)["condition"] = {"ticket.title": {"operator": "contains", "value": "invoice"}}


@ailment("trigger calls a webhook that is gone", "trigger")
def _(clinic: Clinic) -> None:
    _trigger(clinic)["perform"] = {"notification.webhook": {"webhook_id": 4711}}


@ailment("selective trigger on Zammad 6", "trigger")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.version = "6.4.0"
    _trigger(clinic).update(activator="action", execution_condition_mode="selective")


@ailment("trigger by time on Zammad 6", "trigger")
def _(clinic: Clinic) -> None:
    clinic.desk.settings.version = "6.4.0"
    _trigger(clinic).update(activator="time", execution_condition_mode="always")


def _log(clinic: Clinic, *statuses: str) -> None:
    for number, status in enumerate(statuses, 1):
        clinic.desk.data.tables["http_logs"][number] = {
            "id": number,
            "url": _hook(clinic)["endpoint"],
            "status": status,
            "request": {"content": ""},
            "response": {"content": ""},
            "created_at": f"2026-11-20T10:{number:02d}:00.000Z",
        }


@ailment("last call got no answer", "deliveries")
def _(clinic: Clinic) -> None:
    _log(clinic, "202", "0")


@ailment("last call met a redirect", "deliveries")
def _(clinic: Clinic) -> None:
    _log(clinic, "405")


@ailment("last call met a dead proxy", "deliveries")
def _(clinic: Clinic) -> None:
    _log(clinic, "202", "502")


@ailment("most calls failed", "deliveries", level="warning")
def _(clinic: Clinic) -> None:
    _log(clinic, "202", "0", "0", "0", "202")


@ailment("webhook was removed", "webhook", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.install("--remove")


@ailment("webhook was installed for another address", "webhook", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    clinic.install("--url", "http://127.0.0.1:9")


@ailment("calls with a wrong signature", "arrivals", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.store.set_watermark(refused_call("support"), clinic.now)


@ailment("new tickets are not announced", "arrivals", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.forget_arrivals()
    for minutes in (20, 40):
        clinic.ticket(clinic.ago(minutes=minutes))


@ailment("worker is stale", "arrivals", on=FREESCOUT)
def _(clinic: Clinic) -> None:
    ticket = clinic.ticket(clinic.ago(minutes=50))
    clinic.arrive(ticket, clinic.ago(minutes=50), "convo.created")
    clinic.at(
        clinic.ago(minutes=40),
        lambda: clinic.desk.agent_replies(ticket, "ana@example.com", "We look into it."),
    )


# Ourselves --------------------------------------------------------------------------------------


@ailment("clock is far off", "clock", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.desk.clock = lambda: clinic.now + timedelta(minutes=20)


@ailment("clock is a little off", "clock", on=BOTH, level="warning")
def _(clinic: Clinic) -> None:
    clinic.desk.clock = lambda: clinic.now - timedelta(seconds=100)


@ailment("our address is not known", "address", level="warning")
def _(clinic: Clinic) -> None:
    clinic.edit(f"service: {{url: {clinic.front.url}}}\n", "")


@ailment("our address redirects", "address")
def _(clinic: Clinic) -> None:
    clinic.front.answer = (301, "", ("Location", "https://desk.example.com/webhooks/support"))


@ailment("our address has another secret", "address")
def _(clinic: Clinic) -> None:
    clinic.front.answer = (401, {"error": "X-Hub-Signature does not fit"})


@ailment("our address runs with another file", "address")
def _(clinic: Clinic) -> None:
    clinic.front.answer = (404, {"error": "no helpdesk of this name is configured"})


@ailment("somebody else at our address", "address")
def _(clinic: Clinic) -> None:
    clinic.front.answer = (200, "<h1>It works!</h1>")


@ailment("our address cannot keep calls", "address")
def _(clinic: Clinic) -> None:
    clinic.front.answer = (503, {"error": "too many deliveries are waiting, try again later"})


@ailment("our address does not answer", "address")
def _(clinic: Clinic) -> None:
    clinic.fall_silent()
    clinic.edit(f"{{url: {clinic.front.url}}}", "{url: http://127.0.0.1:9}")
    clinic.install()


@ailment("our address has a bad certificate", "address")
def _(clinic: Clinic) -> None:
    clinic.fall_silent()
    behind = Front(CERTIFICATE)
    clinic.fronts.append(behind)
    clinic.edit(f"{{url: {clinic.front.url}}}", f"{{url: {behind.url}}}")
    clinic.install()


@ailment("service does not run", "tick")
def _(clinic: Clinic) -> None:
    clinic.store.set_watermark(HEARTBEAT, clinic.ago(minutes=30))


@ailment("there is no store", "store")
def _(clinic: Clinic) -> None:
    clinic.set("DESKLADDER_DATA", str(clinic.folder / "elsewhere"))


@ailment("the changed file has mistakes", "file")
def _(clinic: Clinic) -> None:
    clinic.store.set_watermark(CONFIG_REFUSED, clinic.now + timedelta(seconds=1))


@ailment("the service has another file", "file")
def _(clinic: Clinic) -> None:
    clinic.store.set_watermark("config/read", clinic.ago(hours=5))
    clinic.age_file(timedelta(hours=1))


@ailment("disk is full", "disk")
def _(clinic: Clinic) -> None:
    clinic.fill_disk(free=20_000_000)


@ailment("disk is nearly full", "disk", level="warning")
def _(clinic: Clinic) -> None:
    clinic.fill_disk(free=700_000_000)


@ailment("queue is stuck", "work")
def _(clinic: Clinic) -> None:
    clinic.arrive(1, clinic.ago(hours=2), is_done=False)


@ailment("no rules", "file", level="warning")
def _(clinic: Clinic) -> None:
    clinic.drop_rules()


# Names ------------------------------------------------------------------------------------------


@ailment("group with a typing mistake", "names", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit("{group: Finance}", "{group: Finanze}")


@ailment("nobody of that name", "names", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit("{assign: {lead: finance}}", "{assign: anna@example.com}")


@ailment("unknown state", "names")
def _(clinic: Clinic) -> None:
    clinic.edit("{note: why}", "{state: waiting for parts}")


@ailment("unknown field", "names", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit("{note: why}", "{field: {name: order_number, value: none}}")


@ailment("condition on an unknown group", "names", level="warning", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit("when: {text:", "when: {group: {not: Kitchen}, text:")


@ailment("lead without access to the group", "people", level="warning", on=BOTH)
def _(clinic: Clinic) -> None:
    clinic.edit("lead: ana@example.com", "lead: ruud@example.com")
