"""Names a record of another system on the ticket when the note that should have done so came first."""

from __future__ import annotations

from plugin.actions import Occasion
from plugin.actions._clock import office_zone
from plugin.domain.cases import Known
from plugin.domain.errors import DeskladderError
from plugin.domain.memory import ActionState
from plugin.texts.language import base_language
from plugin.texts.notes import note_texts
from plugin.texts.templates import TemplateProblem, render
from plugin.texts.values import values_for


def tell_late(case: Known, occasion: Occasion) -> str:
    """Write the note `case_kept` if it is needed; what became of it, "" when it is not.

    The mark is looked for first, since the whole webhook is repeated after a crash. A note that
    fails is no reason to repeat it: what matters is that the record exists.
    """
    if not _note_came_first(occasion):
        return ""
    ticket, helpdesk = occasion.ticket, occasion.helpdesk
    try:
        if helpdesk.find_mark(ticket.ref.id, occasion.mark) is None:
            helpdesk.add_note(ticket, _html(case, occasion), occasion.mark)
    except (DeskladderError, TemplateProblem) as problem:
        return f"; the note about it failed: {problem}"
    return "; noted"


def _note_came_first(occasion: Occasion) -> bool:
    action = occasion.action
    return any(
        (record.rule, record.cycle, record.name) == (action.rule, action.cycle, "note")
        and record.state is ActionState.DONE
        for record in occasion.memory.actions
    )


def _html(case: Known, occasion: Occasion) -> str:
    config, language = occasion.config, occasion.config.defaults.language
    values = values_for(
        occasion.ticket,
        config,
        occasion.now,
        language=language,
        zone=office_zone(occasion),
        rule=occasion.action.rule,
        cases=(case,),
    )
    texts = note_texts("case_kept", config)
    alike = [text for code, text in texts.items() if base_language(code) == base_language(language)]
    return render(alike[0] if alike else texts["en"], values)
