"""LinkedIn's people as records of profiles, with the titles of their positions."""

from sway.networks.linkedin import LINKEDIN

from tests.networks.feeds import NO_COUNT, as_drawn, faults, records_of

WHO = "a person's id or urn:li:person:<id> or urn:li:organization:<id>"
NO_MONTH = "expected years such as 2016 and months from 1 to 12 in startDate and endDate"


def position(title, start=None, end=None, **more):
    """Start and end as (year, month) or (year,)."""
    days = {"startDate": start, "endDate": end}
    told = {name: dict(zip(("year", "month"), day, strict=False)) for name, day in days.items() if day}
    return {"id": 5, "title": title, "company": {"name": "x"}, **told, **more}


def held_by(*positions, **more):
    return {"id": "ann", "positions": {"_total": len(positions), "values": list(positions)}, **more}


def localized(**names):
    return {"localized": names, "preferredLocale": {"country": "US", "language": "en"}}


PEOPLE = {
    "positions": {
        "whole": held_by(
            position("CEO", (2014, 2), isCurrent=True),
            id="urn:li:person:ann",
            formattedName="Ann 'O' \"😀\"",
            firstName="A",
            vanityName="ann-o",
            location={"name": "Porto Area", "country": {"code": "pt"}},
            numConnections="500",
        ),
        "bare": {"id": "ann", "firstName": "Ann", "lastName": "O"},
        "of API v2": {
            "id": "ann",
            "firstName": localized(fr_FR="Anne", en_US="Ann"),
            "lastName": localized(de_DE="O"),
        },
        "named in no language": {"id": "ann", "firstName": localized(), "lastName": {"rawText": "O"}},
        "a list of names": {"id": "ann", "firstName": ["Ann"], "lastName": "O"},
        "a company": {"id": "urn:li:organization:7"},
        "none now": held_by(position("CEO", (2014, 2), (2016, 4)), position("CTO", isCurrent=False)),
        "nothing said": held_by(position("CEO", (2014,)), position("CTO", (2010,), (2014,))),
        "ends this month": held_by(position("CEO", (2014, 2), (2016, 5), isCurrent="true")),
        "ended, whatever is said": held_by(position("CEO", (2014, 2), (2016, 4), isCurrent=True)),
        "in HTML": held_by(position("R&amp;D &#x26; &quot;Ops&quot;")),
        "titled by language": held_by(
            position(localized(fr_FR="Directrice", en_US=" R&amp;D "), (2015,)),
            position(localized(pt_BR="Fundadora"), (2014,)),
            position(localized(), (2013,)),
            position("[Acting] CEO", (2012,)),
        ),
        "several": held_by(
            position("Board member"),
            position(" CEO ", (2014, 2)),
            position("Founder", (2014, 3), isCurrent=True),
            position("Adviser", (2014, 2)),
            position("CEO", (2015, 1)),
            position(""),
        ),
        "no id": {"firstName": "Ann"},
        "id of another kind": {"id": "urn:li:group:5"},
        "month 13": held_by(position("CEO", (2014, 13))),
        "a month without year": held_by(position("CEO", (None, 12), ("x", 1))),
        "perhaps": held_by(position("CEO", isCurrent="perhaps")),
        "negative connections": {"id": "ann", "numConnections": -1},
        "positions of another kind": {"id": "ann", "positions": ["CEO"]},
    }
}

PEOPLE_REFUSED = f"""
    [positions]               | rule            | reason
    no id                     | missing         | id is missing
    id of another kind        | malformed       | id: expected {WHO}, found urn:li:group:5
    month 13                  | impossible_time | positions: {NO_MONTH}
    a month without year      | impossible_time | positions: {NO_MONTH}
    perhaps                   | out_of_range    | positions: expected isCurrent to be true or false
    negative connections      | out_of_range    | numConnections: {NO_COUNT} -1
    positions of another kind | malformed       | positions: expected an object, found ["CEO"]
"""


def test_people_are_profiles_with_the_titles_of_their_current_positions(spark):
    found = records_of(spark, LINKEDIN, PEOPLE)
    profiles = {name: row["profile"].asDict() for name, row in found.items() if row["fault"] is None}
    nothing = dict.fromkeys(profiles["positions: bare"])

    assert found["positions: whole"]["record_id"] == "ann@2016-05-04"
    assert profiles["positions: whole"] == nothing | {
        "account_id": "ann",
        "handle": "ann-o",
        "name": "Ann 'O' \"😀\"",
        "followers": 500,
        "following": 500,
        "type": "person",
        "title": "CEO",
        "place": "Porto Area",
    }
    assert profiles["positions: bare"] == nothing | {"account_id": "ann", "name": "Ann O", "type": "person"}
    names = {name: profiles[f"positions: {name}"]["name"] for name in ("of API v2", "named in no language")}
    assert names == {"of API v2": "Ann O", "named in no language": None}
    assert profiles["positions: a list of names"]["name"] == "O"
    company = {"account_id": "organization:7", "type": "organization"}
    assert profiles["positions: a company"] == nothing | company
    assert {name: profile["title"] for name, profile in profiles.items()} == {
        "positions: whole": "CEO",
        "positions: bare": None,
        "positions: a company": None,
        "positions: of API v2": None,
        "positions: named in no language": None,
        "positions: a list of names": None,
        "positions: none now": None,
        "positions: nothing said": "CEO",
        "positions: ends this month": "CEO",
        "positions: ended, whatever is said": None,
        "positions: in HTML": 'R&D & "Ops"',
        "positions: titled by language": "R&D; Fundadora; [Acting] CEO",
        "positions: several": "CEO; Founder; Adviser; Board member",
    }
    assert faults(found) == as_drawn(PEOPLE_REFUSED)
