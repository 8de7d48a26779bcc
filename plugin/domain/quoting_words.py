"""How mail programs of each language introduce what they quote, and how they sign.

Everything is compared folded (no case, no accents). `ł`, `ø` and `æ` have no accent to lose, so they
stand as they are. Collected from what Gmail, Outlook, Apple Mail, Thunderbird, K-9, Yahoo, Proton
Mail, GMX and ticket systems send.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant

from __future__ import annotations

from typing import Final

WROTE: Final = (
    *(
        "wrote",
        "writes",
        "schrieb",
        "geschrieben",
        "schreef",
        "geschreven",
        "a ecrit",
        "escribio",
        "ha scritto",
    ),
    *(
        "scrive",
        "escreveu",
        "skrev",
        "napisał",
        "napisała",
        "napisal",
        "napsal",
        "pisze",
        "napisana",
    ),
    *(
        "kirjoitti",
        "írta",
        "irta",
        "a scris",
        "yazdı",
        "yazdi",
        "εγραψε",
        "написал",
        "написала",
        "пишет",
    ),
    *("написав", "написала", "va escriure", "写道", "寫道", "napisao"),
)
"""Ends, begins or divides the line above a quote: "On … somebody wrote:"."""

FROM: Final = (
    *("from", "von", "van", "de", "da", "od", "fra", "fran", "lahettaja", "felado", "kimden"),
    *("от", "от кого", "від", "差出人", "发件人", "寄件者", "보낸 사람"),
)
DATE: Final = (
    *("sent", "date", "sent at", "gesendet", "gesendet am", "datum", "verzonden", "envoye"),
    *(
        "envoye le",
        "enviado",
        "enviado el",
        "enviada",
        "enviado em",
        "enviada em",
        "fecha",
        "inviato",
    ),
    *("data", "sendt", "dato", "skickat", "wysłano", "wyslano", "lahetetty", "paivays", "odeslano"),
    *("elkuldve", "tarih", "отправлено", "дата", "送信日時", "发送时间", "보낸 날짜"),
)
SUBJECT: Final = (
    *("subject", "betreff", "onderwerp", "objet", "sujet", "asunto", "oggetto", "assunto", "emne"),
    *("amne", "temat", "aihe", "predmet", "targy", "konu", "тема", "件名", "主题", "主旨", "제목"),
)
"""Outlook repeats the head of the mail it quotes: these three lines together, in any order."""

FURTHER: Final = (
    *(
        "to",
        "an",
        "aan",
        "a",
        "para",
        "til",
        "till",
        "do",
        "per",
        "pour",
        "komu",
        "кому",
        "cc",
        "bcc",
    ),
    *("kopie", "kopi", "kopia", "copia", "dw", "vastaanottaja", "reply-to", "antwort an", "收件人"),
    *("attachments", "anlagen", "bijlagen", "importance", "wichtigkeit", "urgentie", "priority"),
)
"""What else stands in such a head."""

ORIGINAL: Final = (
    *("original message", "original appointment", "original e-mail", "original email"),
    *("ursprungliche nachricht", "ursprungliche mail", "originalnachricht", "original-nachricht"),
    *(
        "oorspronkelijk bericht",
        "oorspronkelijke bericht",
        "origineel bericht",
        "message d'origine",
    ),
    *("message original", "mensaje original", "messaggio originale", "mensagem original"),
    *(
        "oprindelig meddelelse",
        "oprindelig besked",
        "opprinnelig melding",
        "ursprungligt meddelande",
    ),
    *("originalmeddelande", "wiadomosc oryginalna", "oryginalna wiadomosc", "alkuperainen viesti"),
    *("puvodni zprava", "исходное сообщение", "originele bericht", "ursprungligt mail"),
)
FORWARDED: Final = (
    *("forwarded message", "forwarded mail", "weitergeleitete nachricht", "doorgestuurd bericht"),
    *("message transfere", "message reexpedie", "mensaje reenviado", "messaggio inoltrato"),
    *(
        "mensagem encaminhada",
        "mensagem reencaminhada",
        "videresendt besked",
        "videresendt meddelelse",
    ),
    *("videresendt melding", "vidarebefordrat meddelande", "vidarebefordrat brev"),
    *("wiadomosc przekazana dalej", "przekazana wiadomosc", "treść przekazanej wiadomości"),
)
FORWARD_START: Final = (
    *("begin forwarded message", "anfang der weitergeleiteten nachricht"),
    *(
        "anfang der weitergeleiteten e-mail",
        "begin doorgestuurd bericht",
        "debut du message transfere",
    ),
    *("debut du message reexpedie", "inicio del mensaje reenviado", "inizio messaggio inoltrato"),
    *("inicio da mensagem encaminhada", "inicio da mensagem reencaminhada"),
    *("start pa videresendt besked", "start pa videresendt meddelelse"),
    *("vidarebefordrat brev", "poczatek przekazanej wiadomosci"),
)
FORWARD_PREFIX: Final = (
    *("fw", "fwd", "wg", "doorst", "tr", "rv", "i", "enc", "vs", "vb", "vl", "pd", "iv"),
)
"""A subject beginning so belongs to a mail passed on: what stands below its head is meant for us."""

REPLY_ABOVE: Final = (
    *(r"(?:reply|respond|answer|write|type) above\b", r"type your (?:reply|response) above"),
    *(r"antwort\w* .{0,30}(?:uber|oberhalb)\b.{0,12}(?:zeile|linie)",),
    *(r"(?:uber|oberhalb) dieser (?:zeile|linie)", r"boven (?:deze|die) (?:regel|lijn)"),
    *(
        r"au[- ]dessus de cette ligne",
        r"(?:por )?encima de esta linea",
        r"sopra questa (?:linea|riga)",
    ),
    *(r"acima desta linha", r"over denne linje", r"ovanfor denna (?:rad|linje)", r"over denna rad"),
    *(r"(?:powyzej|nad) (?:tej|ta) lini[iae]", r"(?:powyżej|nad) (?:tej|tą) lini[iaeą]"),
)
"""Ticket systems draw this line; all below it is theirs. Patterns, beside dashes or hashes."""

DEVICE: Final = (
    *("iphone", "ipad", "ipod", "ios", "android", "galaxy", "samsung", "huawei", "xiaomi", "nokia"),
    *("oneplus", "pixel", "motorola", "blackberry", "smartphone", "phone", "mobile", "tablet"),
    *("mobilgerat", "mobiltelefon", "mobiltelefoon", "mobiel", "handy", "telefon", "telefoon"),
    *(
        "telephone",
        "portable",
        "movil",
        "telefono",
        "cellulare",
        "telemovel",
        "celular",
        "telefonu",
    ),
    *("komorki", "mobil", "outlook", "windows", "yahoo", "yahoo mail", "proton mail", "protonmail"),
    *("mail", "gmail", "thunderbird", "k-9 mail", "aol", "gmx", "web.de", "webmail", "tutanota"),
    *(
        "tuta",
        "fairphone",
        "bluemail",
        "spark",
        "airmail",
        "hotmail",
        "mac",
        "macbook",
        "fairemail",
    ),
)
SENT_WITH: Final = (
    r"sent (?:from|with|via|by|using)(?: (?:my|the|a|an))?",
    r"gesendet (?:von|mit|uber|aus)(?: (?:meinem|meiner|der|dem|mein))?",
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|vanuit|van|met|via|door)(?: (?:mijn|m'n|de|het))?",
    r"envoye (?:de|depuis|par|avec|a partir de|a partir d')(?: ?(?:mon|ma|l'application|l'))?",
    r"enviado (?:desde|con|do|a partir do|de|pelo|via)(?: (?:mi|meu|el|o))?",
    r"inviato (?:da|dal|con|tramite)(?: (?:mio|il mio))?",
    r"sendt (?:fra|med|via)(?: (?:min|mit))?",
    r"skickat (?:fran|med|via)(?: (?:min|mitt))?",
    r"(?:wysłane|wyslane|wysłano|wyslano|wysłana) (?:z|ze|za pomoca|przez)(?: (?:mojego|mojej|programu|aplikacji|urzadzenia))?",
    r"lahetetty (?:laitteesta)?",
)
GET_OUTLOOK: Final = (
    r"(?:get|download|holen sie sich|obtenir|telechargez?|obtener|descargar|ottieni|scarica|obter|hent|hamta|skaffa|pobierz|laden sie|downloaden?)(?: o)? outlook (?:for|fur|voor|pour|para|per|til|dla|do)\b.{0,30}",
    r"outlook (?:fur|voor) .{0,20}(?:beziehen|herunterladen|downloaden|ophalen)",
    r"(?:diese nachricht wurde )?(?:von|mit|aus|uber) (?:meine[mr]|der|dem) .{0,50}(?:gesendet|verschickt|geschickt)",
    r"(?:dit bericht is )?(?:vanaf|met|van) mijn .{0,30}(?:verzonden|verstuurd)",
    r"(?:yahoo mail|aol mail|proton mail): .{0,60}",
)
"""Lines which mail programs of telephones put below a text."""

SENT_START: Final = (
    *("sent", "gesendet", "verzonden", "verstuurd", "gestuurd", "envoye", "enviado", "inviato"),
    *(
        "sendt",
        "skickat",
        "wysłane",
        "wyslane",
        "wysłano",
        "wyslano",
        "wysłana",
        "lahetetty",
        "get",
    ),
    *("download", "downloaden", "obtenir", "telecharge", "telechargez", "obtener", "descargar"),
    *(
        "ottieni",
        "scarica",
        "obter",
        "hent",
        "hamta",
        "skaffa",
        "pobierz",
        "laden",
        "holen",
        "outlook",
    ),
    *("diese", "von", "mit", "aus", "uber", "dit", "vanaf", "met", "van", "yahoo", "aol", "proton"),
)
"""The first words of those lines: most lines of a mail need no closer look."""
