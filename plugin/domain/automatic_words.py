"""What machines write in the subject and the first lines of their mails, by language.

Subjects begin with one of these phrases, as the mail programs of each language write it; the
wording was collected from what Exchange, Outlook, Gmail, Thunderbird, Notes, Postfix, qmail, Exim
and ticket systems send. Everything is compared folded (no case, no accents).
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant

from __future__ import annotations

from typing import Final

ABSENCE: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        *("automatic reply", "automated reply", "auto reply", "auto-reply", "autoreply"),
        *("automatic response", "automated response", "auto response", "auto-response"),
        *("out of office", "out of the office", "out-of-office", "ooo", "vacation reply"),
        *("out of office reply", "out of office autoreply", "out of office auto-reply"),
        *("out of office notification", "out of office message", "vacation message"),
        *("automatic reply to your message", "automatic reply to your email"),
        *("limited access to email", "limited access to my email"),
        *("out of office notice", "away from the office", "away from my mail", "not in the office"),
    ),
    "de": (
        *("automatische antwort", "automatische rückantwort", "autoantwort", "nicht im haus"),
        *("abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsbenachrichtigung"),
        *("abwesenheitsnachricht", "automatische abwesenheitsnotiz", "abwesenheitsassistent"),
        *(
            "automatische abwesenheitsmeldung",
            "abwesenheitsinfo",
            "abwesenheitsagent",
            "nicht im büro",
            "ausser haus",
        ),
        *("automatische nachricht", "automatische benachrichtigung", "abwesend"),
    ),
    "nl": (
        *("automatisch antwoord", "automatische reactie", "automatisch bericht", "afwezig"),
        *("automatische beantwoording", "afwezigheidsbericht", "afwezigheidsmelding"),
        *("afwezigheidsassistent", "niet aanwezig", "niet op kantoor", "buiten kantoor"),
        *("er even niet", "er niet", "automatisch gegenereerd bericht"),
    ),
    "fr": (
        *("réponse automatique", "message automatique", "réponse automatisée", "hors du bureau"),
        *("absence du bureau", "absent du bureau", "message d'absence", "notification d'absence"),
        *("message automatique d'absence", "message d'absence automatique"),
        *("réponse automatique d'absence", "absente du bureau", "avis d'absence"),
    ),
    "es": (
        *("respuesta automática", "respuesta automatizada", "mensaje automático"),
        *("fuera de la oficina", "fuera de oficina", "ausente de la oficina"),
    ),
    "it": (
        *("risposta automatica", "messaggio automatico", "fuori sede", "fuori ufficio"),
        *("assente dall'ufficio", "assenza dall'ufficio"),
    ),
    "pt": (
        *("resposta automática", "mensagem automática", "fora do escritório"),
        *("ausência temporária", "ausência do escritório", "ausente do escritório"),
    ),
    "pl": (
        *("automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "poza biurem"),
        *("nieobecny w biurze", "nieobecna w biurze"),
    ),
    "da": (
        *("automatisk svar", "autosvar", "automatisk besvarelse", "ikke til stede"),
        *("ude af kontoret", "ikke på kontoret", "fraværende", "fraværsbesked"),
    ),
    "sv": (
        *("automatiskt svar", "autosvar", "frånvarande", "ej på kontoret", "frånvaro"),
        *("inte på kontoret", "borta från kontoret", "frånvaromeddelande"),
    ),
    "nb": (
        *("automatisk svar", "fraværsmelding", "fraværsassistent", "ute av kontoret"),
        *("borte fra kontoret", "ikke på kontoret"),
    ),
    "fi": (
        *("automaattinen vastaus", "automaattivastaus", "poissa", "poissa toimistosta"),
        *("poissaoloviesti", "poissaoloilmoitus"),
    ),
    "cs": ("automatická odpověď", "mimo kancelář"),
    "sk": ("automatická odpoveď", "mimo kancelárie"),
    "hu": ("automatikus válasz", "irodán kívül", "házon kívül"),
    "ro": ("răspuns automat", "absent din birou"),
    "tr": ("otomatik yanıt", "otomatik cevap", "ofis dışında"),
    "ca": ("resposta automàtica", "fora de l'oficina"),
    "el": ("αυτόματη απάντηση", "εκτός γραφείου"),
    "ru": ("автоматический ответ", "автоответ", "вне офиса"),
    "uk": ("автоматична відповідь", "поза офісом"),
    "ja": ("自動応答", "自動返信", "不在通知"),
    "zh": ("自动回复", "自動回覆", "自動回復"),
    "ko": ("자동 회신", "자동 응답", "부재중"),
}
"""Only machines, and people on their way out, begin a subject with one of these and a mark."""

AWAY: Final = (
    *("away", "absent", "absente", "absence", "on vacation", "on holiday", "on annual leave"),
    *("vacation", "holiday", "annual leave", "on leave", "im urlaub", "urlaub", "abwesenheit"),
    *("op vakantie", "vakantie", "afwezigheid", "met verlof", "verlof", "en congés", "congés"),
    *("en vacances", "ausente", "ausencia", "de vacaciones", "assente", "assenza", "in ferie"),
    *("ausência", "de férias", "férias", "nieobecność", "nieobecny", "nieobecna", "na urlopie"),
    *("urlop", "fravær", "på ferie", "ferie", "på semester", "semester", "lomalla", "loma"),
    *("nepřítomnost", "neprítomnosť", "dovolená", "urlaubsabwesenheit", "elternzeit"),
    *(
        "nicht erreichbar",
        "niet bereikbaar",
        "mutterschutz",
        "maternity leave",
        "parental leave",
        "zwangerschapsverlof",
    ),
)
"""These people also write about: alone, or until a day, and with a text that fits."""

LEAD_IN: Final = (
    *("i am", "i'm", "im", "ich bin", "bin", "ik ben", "je suis", "estoy", "sono", "estou"),
    *("jestem", "jeg er", "jag är", "olen"),
)
NOWADAYS: Final = (
    *("currently", "derzeit", "zurzeit", "zur zeit", "momentan", "aktuell", "momenteel"),
    *("op dit moment", "tijdelijk", "actuellement", "actualmente", "attualmente", "obecnie"),
)

UNTIL: Final = (
    *("until", "till", "through", "re", "bis", "aw", "tot", "t/m", "antw", "jusqu", "hasta"),
    *("fino", "ate", "til", "asti", "wegens", "wegen", "due to", "door"),
)
FROM: Final = (
    "from",
    "vom",
    "ab",
    "van",
    "vanaf",
    "du",
    "del",
    "dal",
    "de",
    "do",
    "od",
    "fra",
    "fran",
)
"""Between the phrase and a date; these mean nothing without the date's number."""

SOMEBODY_AWAY: Final = (
    r"(?:auto: )?(?!(?:your|the|my|our|nobody|everybody|everyone|he|she|it|why|ihr|der|die|niemand|uw|de|het|votre|le|la)\b)[^?!]{2,60} "
    r"(?:is (?:currently |now )?out of (?:the )?office|ist (?:derzeit |aktuell )?(?:nicht im buro|abwesend|ausser haus)"
    r"|is (?:momenteel )?(?:afwezig|niet aanwezig)|est (?:actuellement )?absente?(?: du bureau)?)"
    r"\s*(?:$|[.(]|until|from|till|returning|and will|bis|vom|tot|t/m|jusqu)"
)
"""Notes and Exchange of old: "Ann Other is out of the office (returning …)"."""

RETURNED: Final = (
    r"your message to .{1,100} (?:couldn't|could not|wasn't|was not) be(?:en)? delivered"
)

TROUBLE: Final = (
    *("not", "no", "how", "why", "does", "problem", "broken", "fails", "wrong", "help", "stop"),
    *("nicht", "kein", "keine", "wie", "warum", "funktioniert", "fehlt", "einrichten", "hilfe"),
    *("niet", "geen", "hoe", "waarom", "werkt", "probleem", "instellen", "uitzetten"),
    *("pas", "comment", "pourquoi", "probleme", "marche", "como", "por", "non", "come"),
)

BOUNCE: Final = (
    *("undelivered mail returned to sender", "returned mail: see transcript for details"),
    *("delivery status notification", "mail delivery failed", "mail delivery failure"),
    *("mail delivery subsystem", "mail system error - returned mail", "nondeliverable mail"),
    *("undeliverable mail", "undeliverable message", "undelivered mail", "mail could not be"),
    *("warning: could not send message", "delayed mail", "warning: message", "message delayed"),
    *(
        "message delivery failure",
        "mail-zustellung fehlgeschlagen",
        "e-mail-zustellung fehlgeschlagen",
        "zustellungsbenachrichtigung (fehler)",
        "mailbezorging mislukt",
        "returned mail:",
        "delivery failure notification",
        "mail undeliverable",
        "failed delivery of",
    ),
    *("benachrichtigung zum übermittlungsstatus", "nachricht nicht zustellbar"),
    *("fehler bei der nachrichtenzustellung", "e-mail nicht zustellbar", "mail unzustellbar"),
    *("melding van bezorgingsstatus", "e-mail niet bezorgd", "bericht niet bezorgd"),
    *("notification d'état de remise", "échec de la remise du message", "avis de non-remise"),
    *("échec de la remise", "message non remis", "message non distribué"),
    *("notificación de estado de entrega", "mensaje no entregado", "correo no entregado"),
    *("mancato recapito", "notifica stato recapito", "messaggio non recapitato"),
    *("notificação de status de entrega", "falha na entrega da mensagem"),
    *("powiadomienie o stanie dostarczenia", "zwrot poczty"),
)
"""A mail server's notices. Whoever writes them, they are about mails, never about parcels."""

BOUNCE_PREFIX: Final = (
    *("undeliverable", "unzustellbar", "nicht zustellbar", "onbestelbaar", "niet te bezorgen"),
    *("kan niet worden bezorgd", "non remis", "non distribuable", "no se puede entregar"),
    *("no se puede entregar el mensaje", "non recapitabile", "impossibile recapitare"),
    *("não entregue", "não é possível entregar", "nie można dostarczyć", "niedostarczalne"),
    *("kan ikke leveres", "ikke leveret", "kan inte levereras", "går inte att leverera"),
    *("ei voi toimittaa", "toimitus epäonnistui", "doručení se nezdařilo", "nedoručitelné"),
    *("message undeliverable", "mail undeliverable"),
)
"""Exchange puts one of these and a colon before the subject of the mail that came back."""

BOUNCE_TEXT: Final = (
    *(
        "the following message could not be delivered",
        "die folgende nachricht konnte nicht zugestellt werden",
        "message delivery failure - ",
        "sorry, we were unable to deliver your message",
        "this is the mail system at host",
        "hi. this is the qmail-send program",
    ),
    *("this message was created automatically by mail delivery software",),
    *("this is an automatically generated delivery status notification",),
    *("a message that you sent could not be delivered", "delivery to the following recipient"),
    *("your message wasn't delivered to", "your message couldn't be delivered to"),
    *("delivery has failed to these recipients", "the following address(es) failed"),
    *("the original message was received at", "i'm sorry to have to inform you that your message"),
    *("** address not found **", "** message not delivered **", "** delivery incomplete **"),
    *("address not found", "fehler bei der zustellung der nachricht an folgende empfänger"),
    *("fehler bei der nachrichtenzustellung an folgende empfänger", "adresse nicht gefunden"),
    *(
        "ihre nachricht wurde nicht zugestellt an",
        "diese nachricht wurde automatisch vom mailserver",
    ),
    *("de bezorging bij deze geadresseerden", "het bezorgen bij de volgende ontvangers"),
    *("uw bericht is niet bezorgd bij", "adres niet gevonden"),
    *("échec de la remise à ces destinataires", "votre message n'a pas été remis à"),
    *(
        "adresse introuvable",
        "error al entregar a estos destinatarios",
        "no se encontró la dirección",
    ),
    *("recapito non riuscito", "impossibile trovare l'indirizzo"),
)
"""The first words of a bounce's text."""

RECEIPT_PREFIX: Final = (
    *("read", "not read", "gelesen", "nicht gelesen", "ungelesen gelöscht", "gelezen"),
    *("niet gelezen", "lu", "non lu", "leído", "no leído", "letto", "non letto", "lida"),
    *("lido", "não lida", "przeczytano", "nie przeczytano", "læst", "läst", "lest", "luettu"),
)
RECEIPT: Final = (
    *("return receipt (displayed)", "return receipt", "read receipt", "lesebestätigung"),
    *("empfangsbestätigung (angezeigt)", "leesbevestiging", "confirmation de lecture"),
    *("accusé de lecture", "confirmación de lectura", "conferma di lettura"),
    *("confirmação de leitura", "potwierdzenie przeczytania", "läskvitto", "lesebekreftelse"),
)
RECEIPT_TEXT: Final = (
    *("your message", "this is a return receipt", "the message sent on", "ihre nachricht"),
    *("dies ist eine empfangsbestätigung", "uw bericht", "dit is een ontvangstbevestiging"),
    *("votre message", "ceci est un accusé", "su mensaje", "el mensaje", "il messaggio"),
    *("a sua mensagem", "sua mensagem", "twoja wiadomość", "din meddelelse", "ditt meddelande"),
)

ANSWER_PREFIX: Final = (
    *("accepted", "declined", "tentative", "tentatively accepted", "zugesagt", "angenommen"),
    *("abgelehnt", "mit vorbehalt", "mit vorbehalt angenommen", "geaccepteerd", "geweigerd"),
    *("afgewezen", "voorlopig", "voorlopig geaccepteerd", "accepté", "refusé", "provisoire"),
    *("aceptado", "aceptada", "rechazado", "rechazada", "provisional", "accettato", "accettata"),
    *("rifiutato", "rifiutata", "provvisorio", "aceite", "aceito", "recusado", "zaakceptowano"),
    *("odrzucono", "accepteret", "afslået", "accepterat", "avböjt", "godtatt", "avslått"),
    *("hyväksytty", "hylätty"),
)
ANSWER_TEXT: Final = (
    *("has accepted this invitation", "has declined this invitation", "has accepted your"),
    *('has replied "maybe"', "has tentatively accepted", "has declined your"),
    *("hat diese einladung", "hat ihre einladung", "heeft deze uitnodiging"),
    *("heeft je uitnodiging", "heeft uw uitnodiging", "a accepté cette invitation"),
    *("a accepté votre invitation", "ha aceptado esta invitación", "ha accettato"),
)

ACKNOWLEDGED: Final = (
    r"we (?:have )?received your (?:request|message|e-?mail|mail|enquiry|inquiry|ticket|case|question)\s*(?:$|[.,!;:(\[#-]|and\b)",
    r"your (?:request|ticket|case|message|e-?mail|enquiry|inquiry)[^a-z]{0,30}(?:has been|was) (?:received|created|registered|opened|logged)",
    r"(?:support )?(?:ticket|case|request) (?:#|no\.? ?|id )?[\w-]{0,19}\d[\w-]{0,19} (?:has been |was )?(?:received|created|opened|registered)\s*(?:$|[.!:;\-(\[]|for you)",
    r"(?:support )?(?:ticket|request|case) (?:received|created|opened|registered)\s*(?:$|[:\-(\[#])",
    r"ihre (?:anfrage|nachricht|e-?mail|mail)[^a-z]{0,30}(?:ist|wurde) (?:bei uns )?(?:eingegangen|erhalten|registriert|erfasst|erstellt)",
    r"wir haben ihre (?:anfrage|nachricht|e-?mail|mail) (?:dankend )?erhalten",
    r"(?:automatische )?(?:eingangs|empfangs)bestatigung\s*(?:$|[:\-(\[]|(?:ihrer|ihres|(?:fur|zu) ihrer?)\b)",
    r"ihr ticket[^a-z]{0,30}(?:wurde|ist) (?:erstellt|eroffnet|angelegt|eingegangen)",
    r"(?:wij|we) hebben (?:uw|je) (?:bericht|vraag|verzoek|e-?mail|mail|aanvraag) (?:in goede orde |goed )?ontvangen",
    r"(?:uw|je) (?:bericht|vraag|verzoek|e-?mail|aanvraag|melding)[^a-z]{0,30}is (?:ontvangen|geregistreerd|aangemaakt)",
    r"(?:automatische )?ontvangstbevestiging\s*(?:$|[:\-(\[]|(?:van|voor) (?:uw|je)\b)",
    r"(?:nous avons (?:bien )?recu|accuse de reception de) votre (?:demande|message|e-?mail|courriel)",
    r"confirmation de reception de votre",
    r"(?:just )?confirming (?:that )?we (?:got|received) your (?:request|message)",
    r"accuse de reception\s*(?:$|[:\-(\[])",
    r"votre (?:demande|message|ticket)[^a-z]{0,30}a (?:bien )?ete (?:recue?|enregistree?|creee?)",
    r"hemos recibido (?:su|tu) (?:solicitud|mensaje|consulta|correo)",
    r"(?:su|tu) (?:solicitud|mensaje|consulta)[^a-z]{0,30}ha sido (?:recibid[oa]|registrad[oa])",
    r"abbiamo ricevuto la (?:sua|tua) (?:richiesta|email|e-mail)",
    r"recebemos (?:a )?(?:sua|seu) (?:mensagem|solicitacao|pedido|e-?mail)",
    r"otrzymalismy (?:twoje|panstwa) (?:zgloszenie|wiadomosc)",
    r"(?:vi har modtaget|vi har mottatt|vi har mottagit|vi har tagit emot) (?:din|ditt|dit) ",
)
"""A ticket system's receipt, in the subject or in the first lines."""

THANKED: Final = (
    r"(?:thank you|thanks) for (?:contacting|reaching out|getting in touch|your (?:message|e-?mail|mail|request|enquiry|inquiry))",
    r"(?:vielen dank|danke) fur (?:ihre|deine) (?:anfrage|nachricht|e-?mail|mail|kontaktaufnahme)",
    r"(?:bedankt|dank u wel|hartelijk dank) voor (?:uw|je) (?:bericht|vraag|e-?mail|mail|aanvraag)",
    r"merci (?:pour|de) (?:votre (?:message|demande|e-?mail)|nous avoir contacte)",
    r"gracias por (?:contactar|su (?:mensaje|consulta)|ponerse en contacto)",
    r"grazie per (?:averci contattato|il suo messaggio)",
)
PROMISED: Final = (
    r"(?:we|we'll|our team|a member of our team|one of our \w+|someone)(?: will)? (?:get back|be in touch|(?:respond|reply|answer|contact you)(?: to you)? (?:as soon|shortly|within|soon))",
    r"as soon as (?:possible|we can)|at the earliest|within (?:the next )?(?:\d+|one|two|three|a few) (?:business |working )?(?:hours?|days?)",
    r"(?:being|be) (?:reviewed|processed|handled) by|we're on it",
    r"(?:your|the|assigned) (?:ticket|case|reference|request) (?:number|no\.?|id)\b",
    r"schnellstmoglich|so (?:bald|schnell|rasch) wie moglich|baldmoglichst|in kurze|umgehend bei ihnen|zeitnah|wird (?:nun |jetzt )?bearbeitet",
    r"(?:ihre|die) (?:ticket|vorgangs|referenz|bearbeitungs)-?(?:nummer|nr|id)",
    r"zo (?:snel|spoedig) mogelijk|binnen (?:\d+|een|twee|drie|enkele) (?:werk)?dag|in behandeling",
    r"(?:uw|het) (?:ticket|referentie|zaak|meldings)-?(?:nummer|nr)",
    r"(?:plus brefs|meilleurs) delais|rapidement|reviendrons vers vous|vous repondrons|vous contacterons",
    r"lo antes posible|nos pondremos en contacto|le responderemos",
    r"(?:al piu|il prima) (?:presto|possibile)|la ricontatteremo|risponderemo",
    r"(?:assim que|o mais breve) possivel|najszybciej|hurtigst muligt|sa snart som mojligt",
)
"""Thanks and receipts in a text are a robot's only with one of these promises beside them."""

AWAY_TEXT: Final = (
    r"(?:i am|i'm|i will be|i'll be) (?:currently |now |presently )?(?:out of (?:the )?office|away\b|on (?:annual |parental |maternity |paternity |sick )?(?:leave|vacation|holiday))",
    r"(?:ich bin|bin ich|bin|ich befinde mich|befinde mich|befinde ich mich)\b[^!?]{0,70}(?:nicht im (?:buro|haus)|abwesend|im urlaub|ausser haus|nicht erreichbar|in elternzeit)",
    r"(?:ik ben|ben ik)\b[^!?]{0,70}(?:afwezig|niet aanwezig|(?:op|met) vakantie|niet op kantoor|met verlof|buiten kantoor|er (?:even )?niet)|ik ben er\b[^!?.]{0,50}\bniet\b",
    r"(?:i no longer work|i am no longer (?:working|employed|with)|nicht mehr (?:bei|fur) .{1,60} tatig|niet (?:meer|langer) werkzaam|ne travaille plus)",
    r"\babsente? (?:jusqu|du \d|de mon bureau)|(?:je suis|je serai)\b[^!?]{0,30}(?:absente?|en conges?|en vacances|hors du bureau)",
    r"(?:estoy|estare|me encuentro)\b[^!?]{0,30}(?:fuera de la oficina|de vacaciones|ausente)",
    r"(?:sono|saro)\b[^!?]{0,30}(?:fuori (?:ufficio|sede)|assente|in ferie)",
    r"(?:estou|estarei)\b[^!?]{0,30}(?:fora do escritorio|de ferias|ausente)",
    r"jestem\b[^!?]{0,30}(?:nieobecn[ya]|poza biurem|na urlopie)",
    r"jeg er\b[^!?]{0,30}(?:ikke (?:til stede|pa kontoret)|pa ferie|ute av kontoret|bortreist)",
    r"jag ar\b[^!?]{0,30}(?:pa semester|inte pa kontoret|franvarande|ledig)",
    r"olen\b[^!?]{0,30}(?:lomalla|poissa)",
)
RETURN_TEXT: Final = (
    r"(?:i will|i'll|will) (?:reply|respond|answer|get back|read|attend|be back|return)",
    r"(?:for|in)(?: any| all| an)?(?:thing)? (?:urgent|emergenc)|if (?:it|your|this|the)\b[^.!?]{0,30} is urgent|immediate assistance|in my absence|during my absence|(?:limited|no) access to (?:my )?(?:e-?mail|mail|messages|inbox)",
    r"please (?:contact|direct|send|reach out to) (?!me\b|us\b|my\b)|(?:will|shall) not be (?:read|forwarded)|(?:won't|not) be (?:checking|reading|monitoring)",
    r"(?:when|upon|after|on) (?:i|my) return",
    r"in dringenden (?:fallen|angelegenheiten)|bei dringenden|(?:in|wahrend) meiner abwesenheit|nicht weitergeleitet|nach meiner ruckkehr|ab (?:dem )?.{1,30} wieder (?:erreichbar|fur sie|im buro|da)\b|wenden sie sich|meine vertretung|vertritt mich",
    r"(?:voor|bij) (?:dringende|spoed)|tijdens mijn afwezigheid|(?:bij|na) mijn terug(?:komst|keer)|niet doorgestuurd|neemt? (?:u )?(?:dan )?contact op met|ben ik weer (?:bereikbaar|aanwezig)",
    r"en cas d'urgence|mon retour|mon absence|pour toute (?:urgence|demande urgente)|(?:de|bien vouloir) contacter (?!moi|nous)",
    r"en caso de urgencia|mi regreso|mi vuelta|para (?:asuntos|temas) urgentes|mi ausencia",
    r"per urgenze|in caso di urgenza|mio rientro|mio ritorno",
    r"em caso de urgencia|meu regresso|meu retorno|assuntos urgentes",
    r"w pilnych sprawach|po powrocie|w sprawach pilnych",
    r"vender tilbage|ved hasteh|i hastesager|nar jeg er tilbage|kiireellisissa|palaan|aterkommer|vid bradskande|er tilbake",
)
"""An absence in the text counts only with one of these beside it, and without a question."""

MACHINE_TEXT: Final = (
    r"this is an? (?:auto-?generated|automated|automatic|automatically generated) (?:e-?mail|message|mail|reply|response|notification|confirmation|acknowledge?ment)\b(?! (?:i|we|you|from you)\b)",
    r"this (?:e-?mail|message|mail|reply|notification) (?:is|was|has been) (?:auto-?generated|automatically|generated automatically|sent automatically|automated)",
    r"(?:automated|automatic|auto-generated|automatically generated) (?:e-?mail|message|mail|reply|response|notification)\s*(?:$|[.!:;(]|[-\u2013\u2014] )",
    r"(?:please note:? )?this (?:mailbox|inbox|e-?mail address|address|account) is (?:not (?:being )?(?:monitored|read)|unmonitored|no longer (?:in use|monitored|active))",
    r"(?:dieses postfach|diese adresse|diese e-?mail-?adresse) wird nicht (?:uberwacht|gelesen|betreut)|(?:deze mailbox|dit (?:mail|e-mail)?adres) wordt niet (?:gelezen|gecontroleerd)|cette (?:boite|adresse)[^.]{0,30} n'est pas (?:consultee|surveillee|relevee)",
    r"(?:please )?do not (?:reply|respond) to this (?:e-?mail|message|mail|automated)\b(?! address)",
    r"(?:dies(?:e e-?mail)? ist eine automatisch (?:erzeugte|generierte|erstellte|versandte)|dies ist eine automatische|diese (?:e-?mail|nachricht|mail) (?:wurde|wird|ist) automatisch (?:erzeugt|generiert|erstellt|versandt|verschickt))",
    r"bitte (?:antworten sie nicht|nicht) auf diese (?:e-?mail|nachricht|mail)(?! adresse)",
    r"(?:dit is een automatisch(?:e)? (?:gegenereerd|verzonden|bericht|antwoord|verstuurd|ontvangstbevestiging|reactie|e-?mail|mail)|deze (?:e-?mail|mail) is automatisch (?:gegenereerd|verzonden|verstuurd)|dit bericht is automatisch (?:gegenereerd|verzonden|verstuurd|aangemaakt))",
    r"(?:u kunt niet op deze|gelieve niet te antwoorden op dit|beantwoord deze) (?:e-?mail|mail|bericht)",
    r"(?:ceci est un (?:message|e-?mail|courriel) (?:automatique|genere automatiquement)|ce (?:message|courriel|mail|e-mail) (?:est|a ete) (?:automatique|envoye automatiquement|genere automatiquement)|merci de ne pas (?:y )?repondre)",
    r"(?:este es un (?:mensaje|correo) (?:automatico|generado automaticamente)|por favor,? no responda a este)",
    r"(?:questo e un messaggio (?:automatico|generato automaticamente)|si prega di non rispondere)",
    r"(?:esta e uma mensagem automatica|por favor,? nao responda a est)",
    r"(?:ta wiadomosc została wygenerowana automatycznie|prosimy nie odpowiadac|wiadomosc wygenerowana automatycznie)",
    r"(?:dette er en automatisk|detta ar ett automatiskt|tama on automaattinen)",
)
"""A line of the sender's own (not quoted) that begins so was written by a machine."""

QUOTE_START: Final = (
    r">",
    r"-{2,}\s*(?:original message|original appointment|forwarded message|ursprungliche nachricht|weitergeleitete nachricht|oorspronkelijk bericht|doorgestuurd bericht|message d'origine|message transfere|mensaje original|messaggio originale|mensagem original|wiadomosc oryginalna)",
    r"(?:on|am|op|le|el|il|em|dnia|den) .{5,100}(?:wrote|schrieb|schreef|a ecrit|escribio|ha scritto|escreveu|napisal|skrev)\b.{0,80}:?$",
    r"(?:from|von|van|de|da|od|fra|fran): .{0,120}(?:@|<|\[mailto)",
    r"_{10,}",
    r"begin forwarded message",
)
"""Where the sender's own words end and somebody else's are repeated."""
