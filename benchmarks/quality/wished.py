"""What customers write who want a person or are in a hurry, and who only seem to: for measuring, after the patterns.

Written when the patterns of `support/person.py` and `support/haste.py` stood; no pattern was changed for any of these.
They were written by the same hand, so real customers will do worse. Nobody's real messages are among them.
"""

from __future__ import annotations

PERSON: dict[str, tuple[str, ...]] = {
    "en": (
        "can I please just talk to a person",
        "I don't want to type with a bot any longer, get a colleague",
        "Please arrange for somebody to phone me back",
        "Are you a real person? If not I'd like one",
        "I need to speak to whoever handles complaints",
        "put your supervisor on",
        "live agent",
        "I'd appreciate a conversation with an actual representative",
        "Could I be connected with one of your advisors?",
        "this needs a human to look at it",
        "enough of this machine, human now",
        "please let me chat with customer support staff",
        "can someone from billing call me tomorrow",
        "Forward my case to a person please",
    ),
    "de": (
        "Ich möchte bitte einen Menschen sprechen",
        "Können Sie mich mit dem Kundenservice verbinden?",
        "Bitte um Rückruf durch einen Mitarbeiter",
        "Ich rede nicht mit Maschinen",
        "Holen Sie bitte Ihren Vorgesetzten",
        "Darf ich mit jemandem aus der Buchhaltung sprechen?",
    ),
    "fr": (
        "Je préfère parler à un humain",
        "Mettez-moi en relation avec votre responsable",
        "Un vrai conseiller, s'il vous plaît",
        "Quelqu'un peut-il m'appeler ?",
        "je veux parler au service client",
    ),
    "es": (
        "Prefiero hablar con un agente humano",
        "Que alguien me llame, por favor",
        "¿Puedo hablar con el encargado?",
        "Un agente, por favor",
    ),
    "it": ("Voglio parlare con un operatore umano", "Fatemi chiamare da qualcuno", "Un operatore, per favore"),
    "nl": ("Ik wil met een echt mens praten", "Laat iemand mij bellen", "Een medewerker alstublieft"),
    "pt": ("Prefiro falar com um humano", "Alguém me pode ligar?", "Um atendente, por favor"),
}
"""Wants a person."""

NO_PERSON: dict[str, tuple[str, ...]] = {
    "en": (
        "The courier talked to my neighbour",
        "How do I become an agent for your brand?",
        "Do your humans work on Sundays?",
        "I called and the operator hung up on me",
        "How many employees can share the plan?",
        "The manager of my building will accept the parcel",
        "can I give the voucher to a different person",
        "Is there a supervisor role in the app?",
        "the real person behind the shop is called Ann",
        "Please write the invoice to my employer",
        "does someone have to be at home for the delivery",
        "my representative at the bank asked for this letter",
    ),
    "de": ("Der Berater am Telefon hat sich geirrt", "Muss jemand zu Hause sein?", "Rabatt für Mitarbeiter?"),
    "fr": ("La personne au téléphone s'est trompée", "Faut-il que quelqu'un soit à la maison ?"),
    "es": ("¿Tiene que haber alguien en casa?", "El operador de la grúa llegó tarde"),
    "it": ("Deve esserci qualcuno a casa?", "La persona al telefono si è sbagliata"),
    "nl": ("Moet er iemand thuis zijn?", "Korting voor medewerkers?"),
    "pt": ("Tem de estar alguém em casa?", "O operador do guindaste chegou tarde"),
}
"""Speaks of persons."""

URGENT: dict[str, tuple[str, ...]] = {
    "en": (
        "I have to have this fixed before my meeting at 3",
        "someone hacked into our account!!",
        "every hour of this outage costs us thousands",
        "Please act fast",
        "I'm leaving for the airport in 20 minutes and have no boarding pass",
        "my kid's birthday is tomorrow and nothing has arrived",
        "need help NOW",
        "urgent: wrong address on an order that ships today",
        "We can't take payments, please look into it as soon as possible",
        "Respond immediately please",
        "This is an emergency, water is leaking from the machine",
        "they are draining my bank account as we speak",
        "I need the keys by tonight",
        "please give this top priority",
    ),
    "de": (
        "Bitte dringend um Rückmeldung",
        "Morgen ist die Hochzeit und das Kleid fehlt",
        "Ich brauche sofort Hilfe",
        "Mir wurde das Handy gestohlen",
        "Es ist sehr eilig",
    ),
    "fr": (
        "Urgent : mauvaise adresse",
        "Aidez-moi tout de suite",
        "On a piraté mon compte",
        "Il me faut le billet avant ce soir",
    ),
    "es": ("¡Ayuda urgente!", "Me hackearon la cuenta", "Lo necesito para mañana", "Es cuestión de horas"),
    "it": ("Aiuto urgente", "Mi hanno hackerato l'account", "Mi serve per domani mattina"),
    "nl": ("Spoed!", "Mijn account is gehackt", "Ik heb het voor morgen nodig"),
    "pt": ("Ajuda urgente", "A minha conta foi hackeada", "Preciso disto para amanhã"),
}
"""In a hurry, or something is being lost."""

NOT_URGENT: dict[str, tuple[str, ...]] = {
    "en": (
        "Take all the time you need",
        "The parcel came today, thanks",
        "What time does the shop open tomorrow?",
        "Which priority does standard shipping have?",
        "My flight is in October, can I add a bag?",
        "Is there an emergency phone number on the card?",
        "it was not that urgent after all",
        "Do I need to reply today?",
        "I got an answer right away last time, great service",
        "The hurry-up button in your game is stuck",
        "when is the latest I can return it",
        "no need to reply quickly",
    ),
    "de": ("Wann öffnet der Laden morgen?", "Kein Stress", "Das Paket kam heute an"),
    "fr": ("À quelle heure ouvrez-vous demain ?", "Pas de souci, ça peut attendre"),
    "es": ("¿A qué hora abren mañana?", "Puede esperar"),
    "it": ("A che ora aprite domani?", "Può aspettare"),
    "nl": ("Hoe laat gaan jullie morgen open?", "Het kan wachten"),
    "pt": ("A que horas abrem amanhã?", "Pode esperar"),
}
"""Speaks of time, and has some."""
