"""Words that announce trouble, by what is threatened and by language.

Chosen so that an ordinary message has none of them: phrases rather than single words wherever the
word alone is common ("review", "cancel", "press").
"""

from __future__ import annotations

from collections.abc import Mapping

RISKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "legal": {
        "en": (
            *("lawyer", "lawyers", "attorney", "solicitor", "legal action", "legal steps"),
            *("take you to court", "see you in court", "small claims", "sue you", "lawsuit"),
            *("consumer protection", "trading standards", "ombudsman", "breach of contract"),
            *("final notice", "cease and desist", "data protection authority", "gdpr complaint"),
        ),
        "de": (
            *("Anwalt", "Anwältin", "Rechtsanwalt", "Rechtsanwältin", "rechtliche Schritte"),
            *("verklagen", "Klage einreichen", "vor Gericht", "Mahnbescheid", "Strafanzeige"),
            *(
                "Verbraucherzentrale",
                "Verbraucherschutz",
                "Schlichtungsstelle",
                "Anzeige erstatten",
            ),
            *("Vertragsbruch", "letzte Frist", "letztmalig", "Datenschutzbehörde"),
        ),
        "nl": (
            *("advocaat", "juridische stappen", "rechtszaak", "naar de rechter"),
            *("aanklagen", "dagvaarding", "dagvaarden", "ingebrekestelling", "aansprakelijk"),
            *("consumentenbond", "geschillencommissie", "rechtsbijstand", "incassobureau"),
            *("laatste waarschuwing", "contractbreuk", "autoriteit persoonsgegevens"),
        ),
    },
    "publicity": {
        "en": (
            *("bad review", "negative review", "one star", "1 star", "leave a review"),
            *("write a review", "post a review", "trustpilot", "tripadvisor", "google review"),
            *(
                "go public",
                "on social media",
                "to the press",
                "to the newspaper",
                "journalist",
                "viral",
            ),
            *("tell everyone", "warn others", "reddit"),
        ),
        "de": (
            *("schlechte Bewertung", "negative Bewertung", "ein Stern", "1 Stern", "Rezension"),
            *("Bewertung schreiben", "Bewertung abgeben", "Trustpilot", "Tripadvisor"),
            *("Google-Bewertung", "an die Öffentlichkeit", "an die Presse", "an die Zeitung"),
            *("Journalist", "Journalistin", "soziale Medien", "sozialen Medien", "weitererzählen"),
            *("andere warnen",),
        ),
        "nl": (
            *("slechte recensie", "negatieve recensie", "slechte review", "negatieve review"),
            *("een ster", "1 ster", "recensie schrijven", "review schrijven", "trustpilot"),
            *("tripadvisor", "google review", "naar de pers", "naar de krant", "journalist"),
            *("sociale media", "social media", "anderen waarschuwen"),
        ),
    },
    "leaving": {
        "en": (
            *("cancel my account", "cancel my subscription", "cancel my contract"),
            *("cancel our contract", "cancel our subscription", "cancel the contract"),
            *("cancel the subscription", "close my account", "terminate", "termination"),
            *("switch to another", "switching to another", "your competitor", "a competitor"),
            *("never again", "last time i", "lost a customer", "taking my business"),
        ),
        "de": (
            *("kündigen", "kündige", "Kündigung", "Konto löschen", "Vertrag auflösen"),
            *("Anbieter wechseln", "zur Konkurrenz", "Mitbewerber", "nie wieder"),
            *("letztes Mal", "Kunden verloren", "verlieren Sie einen Kunden"),
        ),
        "nl": (
            *("opzeggen", "opzegging", "zeg ik op", "abonnement beëindigen", "account verwijderen"),
            *("overstappen", "stap ik over", "de concurrent", "concurrentie", "nooit meer"),
            *("laatste keer", "klant kwijt"),
        ),
    },
    "chargeback": {
        "en": (
            *("chargeback", "charge back", "dispute the charge", "dispute the payment"),
            *("dispute this charge", "reverse the payment", "stop the payment", "my bank will"),
            *("paypal dispute", "credit card company", "fraud", "fraudulent", "scam", "scammed"),
        ),
        "de": (
            *("Rückbuchung", "zurückbuchen", "Lastschrift zurück", "Chargeback", "Käuferschutz"),
            *("Kreditkartenfirma", "Betrug", "Betrüger", "Abzocke", "betrogen"),
        ),
        "nl": (
            *("terugboeken", "terugboeking", "storneren", "stornering", "chargeback"),
            *("kopersbescherming", "creditcardmaatschappij", "oplichting", "oplichters", "fraude"),
            *("opgelicht",),
        ),
    },
    "safety": {
        "en": (
            *("food poisoning", "allergic reaction", "hospital", "ambulance", "injured", "injury"),
            *("got sick", "fire hazard", "caught fire", "electric shock", "gas leak", "emergency"),
            *("carbon monoxide", "bed bugs", "suicide", "kill myself"),
        ),
        "de": (
            *("Lebensmittelvergiftung", "allergische Reaktion", "Krankenhaus", "Notarzt"),
            *("verletzt", "Verletzung", "Brandgefahr", "Feuer gefangen", "Stromschlag"),
            *("Gasgeruch", "Notfall", "Bettwanzen", "Kohlenmonoxid", "Selbstmord", "umbringen"),
        ),
        "nl": (
            *("voedselvergiftiging", "allergische reactie", "ziekenhuis", "ambulance", "gewond"),
            *("letsel", "brandgevaar", "vlam gevat", "elektrische schok", "gaslucht", "noodgeval"),
            *("bedwantsen", "koolmonoxide", "zelfmoord"),
        ),
    },
}
