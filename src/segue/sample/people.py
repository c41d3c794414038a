"""Names and places of made-up customers. Postcodes are ones that nobody has."""

FIRST_NAMES = {
    "British": (
        "Oliver Amelia Harry Isla George Freya Jack Poppy Charlie Evie Thomas Grace Daniel Ruby Samuel Alice Lewis "
        "Heather Fergus Catriona Rhys Bronwen Gareth Sian Hamish Eilidh Alistair Morag Colin Judith Martin Sheila "
        "Peter Janet Roger Maureen Stuart Lindsay Neil Gillian Kieran Siobhan Declan Orla Ben Hannah Jake Megan "
        "Luke Zoe Adam Chloe Ryan Leanne Simon Nicola Graham Rosemary Ethan Imogen"
    ),
    "South Asian": (
        "Aisha Imran Priyanka Arjun Fatima Bilal Ananya Rohan Zainab Kabir Meera Sanjay Nadia Usman Deepa Vikram "
        "Farah Harpreet Gurdeep Simran Tariq Yasmin Nikhil Sunita"
    ),
    "African and Caribbean": (
        "Chidi Ngozi Kwame Ama Tunde Folake Desmond Marcia Kofi Abena Sekou Winston Thandiwe Blessing Emeka Adaeze "
        "Leroy Shanice"
    ),
    "East Asian": "Wei Mei Jun Ling Hiroshi Yuki Minh Linh Jin Soo Kai Xin Thao Haruka",
    "Polish": "Agnieszka Piotr Katarzyna Marek Magda Krzysztof Ewa Pawel Zofia Jakub Monika Rafal",
    "German": "Lena Jonas Anke Stefan Birgit Florian Katrin Matthias Heike Moritz Sabine Tobias",
    "French": "Camille Julien Elodie Mathieu Aurelie Bastien Manon Thierry Claire Olivier",
    "Dutch": "Sanne Daan Femke Jeroen Marieke Pieter Lotte Bram Anouk Ruben",
    "Spanish": "Lucia Javier Carmen Alvaro Marta Diego Elena Pablo Nuria Sergio",
    "Norwegian": "Astrid Lars Silje Eirik Kari Magnus Ragnhild Oyvind Hilde Sindre",
    "Irish": "Aoife Cian Niamh Eoin Roisin Padraig Sinead Conor Grainne Oisin",
    "Turkish and Arabic": "Emre Zeynep Mehmet Elif Omar Layla Hassan Rania Youssef Salma",
}
"""By origin, separated by blanks."""

LAST_NAMES = {
    "British": (
        "Ashworth Birtwistle Braithwaite Capstick Dinsdale Entwistle Fairclough Garside Hollis Ibbotson Jessop Kirkham "
        "Lofthouse Metcalfe Nuttall Ogden Pickles Rawcliffe Sowerby Tattersall Unsworth Varley Whitaker Yeadon "
        "Abernethy Buchanan Cameron Drummond Farquhar Galbraith Kinnear Lockhart Menzies Ramsay Sinclair Urquhart "
        "Bevan Cadwallader Griffiths Howells Llewellyn Morgan Parry Probert Rees Tudor Archer Bishop Chandler Cooper "
        "Fletcher Mason Potter Sawyer Thatcher Turner Wainwright Weaver Barlow Clough Denham Ellison Frost Greenhalgh "
        "Hargreaves Lister Moss Norris Openshaw Platt Quayle Rigby Slater Thornley Ward"
    ),
    "South Asian": (
        "Patel Sharma Khan Hussain Singh Kaur Iyer Chaudhry Rahman Mistry Desai Gill Malik Banerjee Nair Qureshi Sidhu "
        "Verma"
    ),
    "African and Caribbean": (
        "Okafor Adeyemi Mensah Boateng Balogun Nwosu Campbell Grant Osei Diallo Moyo Eze Asante Bailey"
    ),
    "East Asian": "Chen Wong Tanaka Nguyen Kim Li Zhang Tran Park Sato Lam Pham",
    "Polish": "Kowalski Nowak Wisniewski Zielinski Mazur Krawczyk Dudek Sikora Pawlak Baran",
    "German": "Schuster Vogel Brandt Kessler Lorenz Huber Winkler Seidel Pfeiffer Reuter",
    "French": "Moreau Lefebvre Girard Fontaine Chevalier Rousseau Perrin Marchand Gauthier",
    "Dutch": "Visser Dijkstra Bakker Hoekstra Mulder Postma Kuiper Veenstra",
    "Spanish": "Navarro Ortega Vidal Serrano Molina Iglesias Castro Ferrer",
    "Norwegian": "Haugen Bakken Lund Nygaard Strand Moen Solberg Eide",
    "Irish": "Brennan Gallagher Keane Nolan Tierney Maguire Doherty Flanagan",
    "Turkish and Arabic": "Yilmaz Kaya Aydin Haddad Mansour Nasser Celik Rahimi",
}

ORIGINS_IN_BRITAIN = {
    "British": 62,
    "South Asian": 12,
    "African and Caribbean": 7,
    "East Asian": 4,
    "Polish": 5,
    "Irish": 4,
    "Turkish and Arabic": 3,
    "French": 1,
    "German": 1,
    "Spanish": 1,
}
"""How many of a hundred."""

STREETS = (
    "Mill Lane,Church Street,Station Road,Moor View,Chapel Row,Victoria Road,Albert Terrace,Beck Side,Fell Close,"
    "Quarry Road,Cobden Street,Larkhill Road,Meadow Way,Castle Street,Bridge End,Orchard Close,Park Avenue,Elm Grove,"
    "Hawthorn Drive,Queen Street,Dale View,Abbey Road,Canal Side,The Green,Back Lane,Sycamore Avenue,Windmill Hill,"
    "North Parade,Rowan Court,Smithy Brow,Tan Yard,Weavers Row"
)
"""Separated by commas."""

TOWNS = {
    "Leeds": "LS", "Sheffield": "S", "Manchester": "M", "Bristol": "BS", "Nottingham": "NG", "Birmingham": "B",
    "Newcastle upon Tyne": "NE", "York": "YO", "Lancaster": "LA", "Kendal": "LA", "Keswick": "CA", "Carlisle": "CA",
    "Derby": "DE", "Buxton": "SK", "Chester": "CH", "Liverpool": "L", "Preston": "PR", "Bradford": "BD",
    "Huddersfield": "HD", "Cardiff": "CF", "Swansea": "SA", "Brecon": "LD", "Bangor": "LL", "Exeter": "EX",
    "Plymouth": "PL", "Truro": "TR", "Bath": "BA", "Oxford": "OX", "Cambridge": "CB", "Norwich": "NR",
    "Brighton": "BN", "Croydon": "CR", "Reading": "RG", "Guildford": "GU", "Southampton": "SO", "Canterbury": "CT",
    "Edinburgh": "EH", "Glasgow": "G", "Stirling": "FK", "Perth": "PH", "Aberdeen": "AB", "Inverness": "IV",
    "Belfast": "BT", "Omagh": "BT", "Lerwick": "ZE", "Stornoway": "HS",
}  # fmt: skip
"""British towns with the letters of their postcodes."""

FAR_TOWNS = frozenset({"Inverness", "Belfast", "Omagh", "Lerwick", "Stornoway", "Aberdeen", "Perth"})
"""Highlands, islands and Northern Ireland: delivery costs more and takes longer."""

ABROAD = {
    "Germany": (
        "German",
        ("Lindenweg {n}", "Bahnhofstraße {n}", "Am Anger {n}", "Schillerstraße {n}"),
        ("79098 Freiburg", "80331 München", "04109 Leipzig", "50667 Köln", "20095 Hamburg"),
    ),
    "Austria": (
        "German",
        ("Feldgasse {n}", "Hauptplatz {n}", "Mühlweg {n}"),
        ("6020 Innsbruck", "5020 Salzburg", "8010 Graz", "1050 Wien"),
    ),
    "France": (
        "French",
        ("{n} rue des Alpes", "{n} avenue Foch", "{n} chemin du Moulin"),
        ("38000 Grenoble", "69002 Lyon", "74000 Annecy", "31000 Toulouse"),
    ),
    "Netherlands": (
        "Dutch",
        ("Kerkstraat {n}", "Molenweg {n}", "Prinsengracht {n}"),
        ("3511 AB Utrecht", "9711 CD Groningen", "1017 EF Amsterdam", "6511 GH Nijmegen"),
    ),
    "Spain": (
        "Spanish",
        ("Calle Mayor {n}", "Avenida del Puerto {n}", "Calle Olmo {n}"),
        ("28005 Madrid", "08012 Barcelona", "33003 Oviedo", "22002 Huesca"),
    ),
    "Ireland": (
        "Irish",
        ("{n} Harbour Road", "{n} Abbey Street", "{n} Hillcrest"),
        ("Galway H91 X0X0", "Cork T12 X0X0", "Sligo F91 X0X0", "Dublin D08 X0X0"),
    ),
    "Norway": (
        "Norwegian",
        ("Nygata {n}", "Storgata {n}", "Fjellveien {n}"),
        ("5017 Bergen", "9008 Tromsø", "0355 Oslo", "7011 Trondheim"),
    ),
    "Switzerland": (
        "German",
        ("Seestrasse {n}", "Bergweg {n}"),
        ("8001 Zürich", "3011 Bern", "7000 Chur"),
    ),
}
"""Whose names are usual there, streets with their numbers, and towns with their postcodes."""

COUNTRIES = frozenset(ABROAD)
EUROPEAN_UNION = COUNTRIES - {"Norway", "Switzerland"}
SHARE_ABROAD = {
    "Germany": 35, "Austria": 9, "France": 20, "Netherlands": 22, "Spain": 10, "Ireland": 22, "Norway": 28,
    "Switzerland": 8,
}  # fmt: skip
"""Of a thousand customers; the others live in the United Kingdom."""
