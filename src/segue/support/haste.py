"""How urgent a customer says it is: in words, by a day that is near, or because something is being lost."""

from __future__ import annotations

import re

from segue.support.outcome import Urgency

_NEAR = (
    r"(?:today|tonight|tomorrow|this (?:morning|afternoon|evening)|(?:in|within) (?:an|one|two|a few|\d{1,2})"
    r" (?:hours?|minutes?))"
)
_SOON = (
    r"(?:today|tonight|(?:by|before|until) (?:noon|tonight|tomorrow|midnight|the end of the day)"
    r"|within (?:the|an) hour)"
)
_CALM = (
    r"\b(?:no|not in a|not in any) (?:rush|hurry)\b",
    r"\b(?:not|isn['’]t|nothing) (?:\w{1,10} )?urgent\b",
    r"\bwhen(?:ever)? you (?:have|find|get) (?:the |some |a )?(?:time|moment|minute|chance)\b",
    r"\btake your time\b|\bat your convenience\b",
    r"\bnicht (?:\w{1,10} )?(?:dringend|eilig)\b|\beilt (?:\w{1,10} )?nicht\b|\bkeine eile\b|\bin (?:aller )?ruhe\b",
    r"\bpas (?:\w{1,10} )?urgente?\b|\brien ne presse\b|\bpas pressée?\b|\bquand vous (?:aurez|avez) le temps\b",
    r"\bprenez votre temps\b",
    r"\bno (?:es|corre) (?:\w{1,10} )?(?:urgente|prisa)\b|\b(?:no hay|sin) prisa\b|\bcuando pued[ae]n?\b",
    r"\bnon è (?:\w{1,10} )?urgente\b|\bcon calma\b|\bsenza fretta\b|\b(?:nessuna|non ho) fretta\b",
    r"\bniet (?:\w{1,10} )?dringend\b|\bgeen haast\b",
    r"\bnão é (?:\w{1,10} )?urgente\b|\bsem pressa\b|\bquando pud(?:er|erem)\b",
)
_ENGLISH = (
    r"\burgent(?:ly)?\b(?! care)|\basap\b|\bas (?:soon|quickly|fast) as (?:you can|possible|humanly possible)\b",
    r"(?<!in case of )(?<!in an )\bemergency\b(?! (?:exit|light|kit|number|contact|fund|room|blanket|service|saving))",
    (
        r"\b(?:please|need|want|must|help|can you|could you|block|freeze|stop|cancel|fix|respond|reply|call me)\b"
        r"[^.?!\n]{0,40}\b(?:immediately|at once|right now|right away|straight ?away)\b"
    ),
    r"\b(?:can(?:no|['’])?t|cannot) wait\b(?! (?:to|for)\b)",
    r"\b(?:please hurry|hurry up|in a (?:great |big |real )?hurry|in a rush)\b|\b(?:expedite|sped up|speed this up)\b",
    r"\btime[- ](?:sensitive|critical)\b|\b(?:really|very|quite) pressing\b",
    r"\b(?:top|high|highest|as an? (?:\w{1,10} )?) ?priority\b(?! (?:boarding|mail|pass|delivery|shipping))",
    r"\bprioriti[sz]e (?:this|my|it)\b|\brush (?:this|my|the) order\b",
    r"\b(?:answer|reply|respond|get back to me|call me|solve|help)\b[^.?!\n]{0,15}\b(?:quickly|promptly)\b",
    r"\bquick (?:reply|response|answer)\b",
    rf"\b(?:need|must|has to|have to)\b[^.?!\n]{{0,40}}\b{_SOON}\b|\bat the latest\b",
    (
        r"\b(?:flight|train|plane|trip|wedding|exam|interview|deadline|surgery|event|party|offer|meeting)\b[^.?!\n]{0,25}"
        rf"\b{_NEAR}\b"
    ),
    r"\b(?:the|my|our) (?:wedding|flight|exam|interview|trip|party) is (?:on|this)\b",
    (
        r"\b(?:i|we) (?:leave|fly|travel|depart|go live)\b[^.?!\n]{0,15}"
        rf"\b(?:{_NEAR}|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    ),
    (
        r"\b(?:my|our) (?:\w{1,12} )?(?:card|account|wallet|phone|identity|money)\b[^.?!\n]{0,20}"
        r"\b(?:stolen|hacked|compromised)\b"
    ),
    r"\b(?:stole|stolen|hacked)(?: into)? (?:my|our)\b|\busing my (?:\w{1,12} )?(?:card|account)\b",
    r"\blosing (?:\w{1,12} )?(?:money|customers|sales|business)\b|\b(?:am|are|is) stranded\b",
    r"\b(?:team|office|company|shop|site|system) is (?:completely |all )?(?:down|locked out|offline)\b",
    r"\b(?:nobody|no one) (?:here )?can (?:work|log in)\b",
)
_GERMAN = (
    r"\bdringend(?:st)?\b|\bes eilt\b|\beilig\b|\bnotfall\b|\bumgehend\b|\bunverzüglich\b|\bschnellstmöglich\w*\b",
    r"\bso (?:schnell|bald) (?:wie|als) möglich\b|\bso schnell es geht\b|\bsofortige[rnsm]?\b",
    r"(?<!kam )(?<!kamen )(?<!wurde )(?<!ab )\bsofort\b|\bsteht still\b",
    r"\b(?:brauche|brauchen|benötige|muss|müssen)\b[^.?!\n]{0,40}\b(?:heute|bis morgen|sofort)\b",
    r"\bgestohlen\b|\bgehackt\b|\bschnelle? (?:antwort|hilfe)\b",
)
_FRENCH = (
    r"\burgente?\b|\burgence\b|\bau plus (?:vite|tôt)\b|\bdès que possible\b",
    r"\ble plus (?:vite|tôt|rapidement) possible\b",
    r"\bimmédiate(?:ment)?\b|\btout de suite\b|\baidez-(?:moi|nous) vite\b|\brépon(?:dez|dre) vite\b",
    r"\b(?:faut|besoin)\b[^.?!\n]{0,25}\b(?:aujourd['’]hui|avant (?:demain|ce soir|midi))\b",
    r"\b(?:suis|très|vraiment) pressée?s?\b|\b(?:a|ont) (?:été )?volée?\b|\bpiratée?s?\b",
    r"\b(?:pars|partons) (?:demain|aujourd['’]hui|ce soir)\b",
)
_SPANISH = (
    r"(?<!envío )(?<!envio )(?<!entrega )\burgente(?:mente)?\b|\burge\b|\blo antes posible\b|\bcuanto antes\b",
    r"\b(?:de inmediato|inmediat(?:amente|[oa]))\b|\b(?:hoy|ahora) mismo\b|\bemergencia\b|\b(?:mucha|tengo) prisa\b",
    r"\brobad[oa]s?\b|\bhackead[oa]s?\b|\b(?:salgo|viajo|salimos|viajamos) (?:hoy|mañana|esta noche)\b",
)
_ITALIAN = (
    r"\burgent[ei]\b|\burgenza\b|\bemergenza\b|\bil prima possibile\b|\bal più presto\b|\bimmediat(?:amente|[oa])\b",
    r"\bentro (?:oggi|domani|stasera)\b|\b(?:molta|di|gran) fretta\b|\brubat[oaie]\b|\bhackerat[oa]\b",
    r"\b(?:rispondete|aiutatemi|bloccate\w*) subito\b|\b(?:parto|partiamo) (?:oggi|domani|stasera)\b",
)
_DUTCH = (
    r"\bdringend\b|\bspoed\b|\bnoodgeval\b|\bzo (?:snel|spoedig) mogelijk\b|\b(?:er is|heb|grote) haast\b",
    r"\bonmiddellijk\b|\b(?:vandaag nog|nog vandaag)\b|\bper direct\b|\bgestolen\b|\bgehackt\b",
    r"\b(?:direct|meteen) (?:blokkeren|antwoord|hulp)\b|\bmoet\b[^.?!\n]{0,20}\b(?:vandaag|morgen)\b",
)
_PORTUGUESE = (
    r"\burgente\b|\burgência\b|\bemergência\b|\bo mais (?:rápido|depressa|breve) possível\b|\bimediat(?:amente|[oa])\b",
    r"\bainda hoje\b|\b(?:muita|com) pressa\b|\broubaram\b|\broubad[oa]s?\b|\bhackead[oa]s?\b",
    r"\b(?:viajo|parto|viajamos) (?:hoje|amanhã)\b",
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_PATIENT = _any(*_CALM)
_HASTE = _any(*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_ITALIAN, *_DUTCH, *_PORTUGUESE)


def urgency(text: str) -> Urgency:
    """Return how urgent a customer says it is; who says that it is not urgent means it."""
    rest, calm = _PATIENT.subn(" ", text)
    if _HASTE.search(rest):
        return "high"
    return "low" if calm else "normal"
