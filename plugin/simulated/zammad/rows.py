"""The rows of a fresh Zammad 5.5, column by column as the API shows them.

Recorded in tests/samples/zammad-live; ids and names are the seeds of a new installation.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

NOBODY = 1  # the user "-", owner of tickets nobody owns
ADMIN_ROLE, AGENT_ROLE, CUSTOMER_ROLE = 1, 2, 3

NEW, OPEN, PENDING_REMINDER, CLOSED, MERGED, REMOVED, PENDING_CLOSE = range(1, 8)
STATES = (
    # id, type id, name, next state, ignores escalation, active
    (NEW, 1, "new", None, False, True),
    (OPEN, 2, "open", None, False, True),
    (PENDING_REMINDER, 3, "pending reminder", None, True, True),
    (CLOSED, 5, "closed", None, True, True),
    (MERGED, 6, "merged", None, True, True),
    (REMOVED, 7, "removed", None, True, False),
    (PENDING_CLOSE, 4, "pending close", CLOSED, True, True),
)
STATE_TYPES = {
    1: "new",
    2: "open",
    3: "pending reminder",
    4: "pending action",
    5: "closed",
    6: "merged",
    7: "removed",
}
PENDING = {PENDING_REMINDER, PENDING_CLOSE}
PRIORITIES = (
    (1, "1 low", False, "low-priority", "low-priority"),
    (2, "2 normal", True, None, None),
    (3, "3 high", False, "important", "high-priority"),
)
ARTICLE_TYPES = {
    1: "email",
    2: "sms",
    3: "chat",
    4: "fax",
    5: "phone",
    6: "twitter status",
    7: "twitter direct-message",
    8: "facebook feed post",
    9: "facebook feed comment",
    10: "note",
    11: "web",
    12: "telegram personal-message",
    13: "facebook direct-message",
}
SENDERS = {1: "Agent", 2: "Customer", 3: "System"}
AGENT, CUSTOMER, SYSTEM = 1, 2, 3
EMAIL, PHONE, NOTE, WEB = 1, 5, 10, 11

PERMISSIONS_OF_ROLE = {
    ADMIN_ROLE: ("admin", "user_preferences", "report", "knowledge_base.editor"),
    AGENT_ROLE: (
        "user_preferences",
        "ticket.agent",
        "chat.agent",
        "cti.agent",
        "knowledge_base.reader",
    ),
    CUSTOMER_ROLE: ("ticket.customer", "user_preferences.password", "user_preferences.language"),
}

TICKET_COLUMNS: Row = dict.fromkeys(
    [
        "id",
        "group_id",
        "priority_id",
        "state_id",
        "organization_id",
        "number",
        "title",
        "owner_id",
        "customer_id",
        "note",
        "first_response_at",
        "first_response_escalation_at",
        "first_response_in_min",
        "first_response_diff_in_min",
        "close_at",
        "close_escalation_at",
        "close_in_min",
        "close_diff_in_min",
        "update_escalation_at",
        "update_in_min",
        "update_diff_in_min",
        "last_close_at",
        "last_contact_at",
        "last_contact_agent_at",
        "last_contact_customer_at",
        "last_owner_update_at",
        "create_article_type_id",
        "create_article_sender_id",
        "article_count",
        "escalation_at",
        "pending_time",
        "type",
        "time_unit",
        "preferences",
        "updated_by_id",
        "created_by_id",
        "created_at",
        "updated_at",
    ]
)

ARTICLE_COLUMNS: Row = dict.fromkeys(
    [
        "id",
        "ticket_id",
        "type_id",
        "sender_id",
        "from",
        "to",
        "cc",
        "subject",
        "reply_to",
        "message_id",
        "message_id_md5",
        "in_reply_to",
        "content_type",
        "references",
        "body",
        "internal",
        "preferences",
        "updated_by_id",
        "created_by_id",
        "origin_by_id",
        "created_at",
        "updated_at",
        "attachments",
    ]
)


def authored(at: str, by: int = NOBODY) -> Row:
    """The four columns every row ends with."""
    return {"updated_by_id": by, "created_by_id": by, "created_at": at, "updated_at": at}


def states(at: str) -> dict[int, Row]:
    """The seven states of a 5.x installation, `removed` inactive."""
    return {
        number: {
            "id": number,
            "state_type_id": kind,
            "name": name,
            "next_state_id": following,
            "ignore_escalation": ignores,
            "default_create": number == NEW,
            "default_follow_up": number == OPEN,
            "note": None,
            "active": active,
            **authored(at),
        }
        for number, kind, name, following, ignores, active in STATES
    }


def priorities(at: str) -> dict[int, Row]:
    """Low, normal and high."""
    return {
        number: {
            "id": number,
            "name": name,
            "default_create": default,
            "ui_icon": icon,
            "ui_color": color,
            "note": None,
            "active": True,
            **authored(at),
        }
        for number, name, default, icon, color in PRIORITIES
    }


def roles(at: str) -> dict[int, Row]:
    """Admin, Agent and Customer; `group_ids` of a role is where rights through roles stand."""
    named = (
        (ADMIN_ROLE, "Admin", False, "To configure your system.", [1, 43, 55, 65]),
        (AGENT_ROLE, "Agent", False, "To work on Tickets.", [43, 57, 60, 62, 66]),
        (
            CUSTOMER_ROLE,
            "Customer",
            True,
            "People who create Tickets ask for help.",
            [44, 47, 48, 50, 54, 58],
        ),
    )
    return {
        number: {
            "id": number,
            "name": name,
            "preferences": {},
            "default_at_signup": signup,
            "active": True,
            "note": note,
            **authored(at),
            "permission_ids": permissions,
            "knowledge_base_permission_ids": [],
            "group_ids": {},
        }
        for number, name, signup, note, permissions in named
    }


def group(number: int, name: str, address: int | None, at: str) -> Row:
    """A group; without `address` it cannot send mail."""
    return {
        "id": number,
        "signature_id": 1,
        "email_address_id": address,
        "name": name,
        "assignment_timeout": None,
        "follow_up_possible": "yes",
        "reopen_time_in_days": None,
        "follow_up_assignment": True,
        "active": True,
        "shared_drafts": True,
        "note": None,
        **authored(at),
    }


def user(number: int, login: str, first: str, last: str, at: str) -> Row:
    """A person without roles; a login that is no address leaves the address empty."""
    blank = "" if number == NOBODY else None
    return {
        "id": number,
        "organization_id": None,
        "login": login,
        "firstname": first,
        "lastname": last,
        "email": login if "@" in login else "",
        "image": None,
        "image_source": None,
        "web": "",
        "phone": "",
        "fax": "",
        "mobile": "",
        "department": blank,
        "street": "",
        "zip": "",
        "city": "",
        "country": "",
        "address": blank,
        "vip": False,
        "verified": False,
        "active": number != NOBODY,
        "note": "",
        "last_login": None,
        "source": None,
        "login_failed": 0,
        "out_of_office": False,
        "out_of_office_start_at": None,
        "out_of_office_end_at": None,
        "out_of_office_replacement_id": None,
        "preferences": {},
        **authored(at),
        "role_ids": [],
        "organization_ids": [],
        "authorization_ids": [],
        "overview_sorting_ids": [],
        "group_ids": {},
    }


def organization(number: int, name: str, domain: str, at: str) -> Row:
    """A company; the members are filled in by whoever joins."""
    return {
        "id": number,
        "name": name,
        "shared": True,
        "domain": domain,
        "domain_assignment": False,
        "active": True,
        "note": "",
        **authored(at),
        "member_ids": [],
        "secondary_member_ids": [],
    }


NOTIFICATIONS: Row = {
    "notification_config": {
        "matrix": {
            event: {
                "criteria": {
                    "owned_by_me": True,
                    "owned_by_nobody": event in {"create", "update"},
                    "subscribed": event in {"create", "update"},
                    "no": False,
                },
                "channel": {"email": True, "online": True},
            }
            for event in ("create", "update", "reminder_reached", "escalation")
        }
    }
}
