"""What customers write in German, French, Dutch and Spanish: language, topic, words."""

BOOK = """
de order_status Wo bleibt meine Bestellung {no}? Die Sendungsverfolgung steht seit Tagen still.
de order_status Guten Tag, wann kommt mein Paket an?
de order_status Ist {name} schon verschickt worden? Wir fahren nächste Woche los.
de refund Ich möchte {name} zurückgeben und bitte um Erstattung des Kaufpreises.
de refund Leider gefällt es mir nicht. Wie bekomme ich mein Geld zurück? {no}
de change_address Bitte ändern Sie die Lieferadresse, ich habe eine falsche Hausnummer angegeben.
de cancel_order Bitte stornieren Sie meine Bestellung {no}, ich habe mich verklickt.
de cancel_order Kann ich die Bestellung von heute früh noch zurückziehen?
de damaged_item Die Ware ist beschädigt angekommen, ich hätte gern Ersatz. {no}
de damaged_item {name} ist kaputt, schon beim Auspacken. Was nun?
de exchange Zu klein! Kann ich das in {newsize} umtauschen?
de exchange Ich hätte gern Größe {newsize} statt der gelieferten.
de missing_item In meinem Paket fehlt etwas: {name}.
de lost_parcel Laut Sendungsverfolgung zugestellt, aber hier ist nichts angekommen. Bitte forschen Sie nach.
de gift_card Mein Gutschein {code} wird nicht angenommen.
de invoice Könnten Sie mir bitte die Rechnung zu {no} noch einmal schicken?
de invoice Für die Steuer brauche ich eine Rechnung mit ausgewiesener Mehrwertsteuer.
de membership Wie lange läuft meine Mitgliedschaft im Cairn Club noch?
de account_access Ich komme nicht mehr in mein Konto, das Passwort wird abgelehnt.
de data_request Ich bitte um Auskunft über meine bei Ihnen gespeicherten Daten gemäß Art. 15 DSGVO.
de price_adjustment Eine Woche nach dem Kauf ist {name} billiger. Erstatten Sie mir die Differenz?
de repair Der Reißverschluss meiner Jacke ist nach drei Jahren hin. Reparieren Sie das?
fr order_status Bonjour, où en est ma commande {no} ? Je n'ai toujours rien reçu.
fr order_status Quand est-ce que mon colis sera livré ?
fr refund Je souhaite retourner l'article et être remboursée. Commande {no}.
fr refund Finalement je n'en ai plus besoin, comment faire pour le rendre ?
fr change_address Je me suis trompé d'adresse de livraison, pouvez-vous la modifier ?
fr cancel_order Je voudrais annuler ma commande {no}, merci.
fr damaged_item L'article est arrivé cassé. Pouvez-vous m'en envoyer un autre ?
fr exchange C'est trop grand, je voudrais échanger contre du {newsize}.
fr missing_item Il manque un article dans le colis : {name}.
fr lost_parcel Le suivi indique « livré » mais je n'ai pas reçu le colis. Pouvez-vous ouvrir une enquête ?
fr gift_card Mon bon cadeau {code} est-il encore valable ?
fr invoice Pourriez-vous m'envoyer une facture avec TVA pour la commande {no} ?
fr membership Quand expire mon adhésion au Cairn Club ?
fr account_access Impossible de me connecter, mot de passe oublié.
fr data_request Je demande une copie de toutes les données que vous avez sur moi.
fr price_adjustment Le prix a baissé deux jours après mon achat, pouvez-vous me rembourser la différence ?
fr repair La semelle de mes chaussures se décolle après deux ans, pouvez-vous les réparer ?
nl order_status Waar blijft mijn bestelling {no}?
nl order_status Hallo, wanneer wordt mijn pakket bezorgd?
nl refund Ik wil {name} graag terugsturen en mijn geld terug.
nl change_address Ik heb het verkeerde adres ingevuld, kunt u dat aanpassen?
nl cancel_order Graag bestelling {no} annuleren, per ongeluk dubbel besteld.
nl damaged_item Het product is kapot aangekomen, graag een nieuwe.
nl exchange Kan ik ruilen voor maat {newsize}? Deze is te klein.
nl missing_item Er ontbreekt iets in mijn pakket, namelijk {name}.
nl lost_parcel Volgens de track and trace is het bezorgd, maar ik heb niets ontvangen.
nl invoice Kunt u mij de factuur van {no} sturen?
nl account_access Ik kan niet meer inloggen, wachtwoord vergeten.
nl gift_card Hoeveel staat er nog op mijn cadeaukaart {code}?
es order_status ¿Dónde está mi pedido {no}? Ya han pasado diez días.
es order_status Hola, ¿cuándo llega mi paquete?
es refund Quiero devolver el producto y que me devuelvan el dinero.
es change_address Me he equivocado de dirección, ¿la pueden cambiar?
es cancel_order Por favor, cancelen mi pedido {no}.
es damaged_item Ha llegado roto. ¿Me mandan otro?
es exchange Me queda pequeño, ¿puedo cambiarlo por una {newsize}?
es missing_item Falta un artículo en la caja: {name}.
es lost_parcel Dice entregado pero aquí no hay nada. ¿Pueden buscar el paquete?
es invoice Necesito la factura del pedido {no}, por favor.
es account_access No puedo entrar en mi cuenta, he olvidado la contraseña.
es data_request Solicito una copia de mis datos personales.
es price_adjustment Lo compré la semana pasada y ahora está más barato. ¿Me abonan la diferencia?
"""

GREETINGS = {
    "de": ("Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Moin,", ""),
    "fr": ("Bonjour,", "Bonjour Madame, Monsieur,", "Salut,", ""),
    "nl": ("Hallo,", "Beste,", "Goedemorgen,", ""),
    "es": ("Hola:", "Buenos días:", "Buenas tardes,", ""),
}
CLOSINGS = {
    "de": ("Viele Grüße", "Mit freundlichen Grüßen", "Danke im Voraus!", "LG", ""),
    "fr": ("Cordialement", "Merci d'avance", "Bien à vous", ""),
    "nl": ("Met vriendelijke groet", "Alvast bedankt", "Groetjes", ""),
    "es": ("Un saludo", "Gracias", "Saludos cordiales", ""),
}
COUNTRIES = {
    "Germany": "de", "Austria": "de", "Switzerland": "de", "France": "fr", "Belgium": "fr", "Netherlands": "nl",
    "Spain": "es", "Luxembourg": "fr",
}  # fmt: skip
"""The language that some of a country's customers write."""
