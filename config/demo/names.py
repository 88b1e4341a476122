"""Dutch names to invent people and businesses from."""

SURNAMES = (
    "de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder",
    "Bos", "Vos", "Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Smits",
    "van der Meer", "Kok", "Jacobs", "van der Linden", "Kuiper", "Postma", "Hoekstra", "Verhoeven", "Willems", "Prins",
    "Huisman", "Peeters", "Kuipers", "Scholten", "van Vliet", "Schouten", "Maas", "Verbeek", "Koster", "Prinsen",
    "Yilmaz", "El Idrissi", "Kaya", "Tuinstra", "Wolters", "Aalbers", "Boersma", "van Rijn", "Terpstra", "Veenstra",
)  # fmt: skip
FIRST_NAMES = (
    "Anneke", "Bas", "Carla", "Daan", "Els", "Femke", "Gijs", "Hanna", "Ivo", "Jolanda", "Koen", "Lotte", "Maaike",
    "Niels", "Olga", "Pieter", "Roos", "Sander", "Thijs", "Willemijn", "Fatima", "Mehmet", "Nadia", "Youssef",
)  # fmt: skip
TRADES = (
    "Bouw", "Timmerwerken", "Vastgoed", "Techniek", "Logistiek", "Schilderwerken", "Catering", "Makelaardij",
    "Transport", "Bouwadvies", "Interieurs", "Groothandel", "Zorggroep", "Projecten", "Metaal", "Dakwerken",
    "Tegelwerken", "Staalbouw", "Montage", "Verhuur",
)  # fmt: skip
HOSPITALITY = (
    "Brasserie Het Anker", "Eetcafé De Zwaan", "Lunchroom Zoet", "Hotel De Posthoorn", "Restaurant Aan de Kade",
    "Café 't Hoekje", "Grand Café Centraal", "Bistro Bij Jans", "Strandpaviljoen Zuid", "Kantine FC Oosterwijk",
)  # fmt: skip
STREETS = (
    "Dorpsstraat", "Kerkstraat", "Molenweg", "Stationsstraat", "Schoolstraat", "Industrieweg", "Havenkade",
    "Julianalaan", "Nieuwstraat", "Lindelaan", "Marktplein", "Wilhelminastraat", "Beatrixlaan", "Parallelweg",
)  # fmt: skip
TOWNS = (
    ("Zwolle", "80"), ("Deventer", "74"), ("Apeldoorn", "73"), ("Kampen", "82"), ("Hengelo", "75"), ("Almelo", "76"),
    ("Raalte", "81"), ("Hattem", "80"), ("Zutphen", "72"), ("Arnhem", "68"), ("Amersfoort", "38"), ("Utrecht", "35"),
    ("Meppel", "79"), ("Groningen", "97"), ("Assen", "94"),
)  # fmt: skip
