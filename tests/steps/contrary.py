"""Rows whose fate hangs on other rows of their delivery day, or of another: what an order of files could decide."""

from tests.landing import account, event, mentions

FIRST, SECOND = "2016-01-01", "2016-01-02"
NOON = {FIRST: "Fri Jan 01 12:00:00 +0000 2016", SECOND: "Sat Jan 02 12:00:00 +0000 2016"}
ANN, BEN, CAT, DAN, EVE = range(9_001, 9_006)  # accounts that nothing else names


def contrary():
    """Rows by feed and delivery day."""
    return {
        **_statuses(),
        **_favourites(),
        **_follows(),
        **_users(),
        **_on_facebook(),
        **_events(),
        **_on_wikipedia(),
        **_in_the_registry(),
    }


def _status(number, *named, author=ANN, on=FIRST):
    return {"id": number, "created_at": NOON[on], "user": account(author), "entities": mentions(*named)}


def _statuses():
    """Repeats, several contents within a day and over two, and deletions before, with and after what they delete."""
    once, other, later = _status(1, BEN), _status(1, CAT), _status(1, DAN)
    second = {"on": SECOND, "author": BEN}

    def deletion(number, *, at="1451649600000"):
        return {"delete": {"status": {"id_str": str(number)}, "timestamp_ms": at}}

    return {
        ("twitter/statuses", FIRST): [
            *[_status(2, BEN)] * 3,  # again on the second day
            once, other, once,  # two contents within a day, one of them and a third on the second
            _status(3, BEN),  # two others on the second day
            _status(4, BEN),  # one other, twice
            *[_status(5, BEN)] * 2,  # deleted on the same day
            _status(6, BEN), _status(6, CAT),  # two contents, deleted on the same day
            _status(7, BEN),  # deleted on the second day
            _status(8, BEN, CAT),  # deleted and brought again on the second day
            _status(9, ANN, BEN, BEN),  # names its author, and another twice
            *[{"id": 10, "created_at": NOON[FIRST]}] * 2,  # of nobody: refused in as many files as it is in
        ],
        ("twitter/deletions", FIRST): [
            deletion(5), deletion(6), deletion(11), deletion(11, at="1451649600001"), deletion(12),
        ],
        ("twitter/statuses", SECOND): [
            _status(2, BEN), once, later,
            _status(3, CAT), _status(3, DAN),
            *[_status(4, CAT)] * 2,
            _status(8, BEN, CAT),
            _status(11, ANN, **second), _status(11, CAT, **second), _status(12, ANN, **second),  # deleted before
        ],
        ("twitter/deletions", SECOND): [deletion(7), deletion(8), deletion(12)],
    }  # fmt: skip


def _favourites():
    """Likes taken back and given again, on one day and on two."""

    def favourite(name, source, *, minute=0, on=FIRST):
        at = NOON[on].replace("12:00", f"12:{minute:02}")
        about = {"source": account(source), "target": account(ANN), "target_object": {"id": 2}}
        return {"event": name, "created_at": at, **about}

    return {
        ("twitter/favourites", FIRST): [
            favourite("favorite", BEN), favourite("unfavorite", BEN, minute=1), favourite("favorite", BEN, minute=2),
            favourite("favorite", CAT), favourite("unfavorite", CAT),
            favourite("favorite", DAN), favourite("favorite", DAN, minute=1),
            favourite("favorite", EVE),
        ],
        ("twitter/favourites", SECOND): [
            favourite("favorite", CAT, on=SECOND), favourite("unfavorite", EVE, on=SECOND),
            favourite("favorite", EVE, minute=1, on=SECOND),
        ],
    }  # fmt: skip


def _follows():
    """Lists in pages: whole, broken off, with a page twice, with two contents of a page; and changes at one instant."""

    def page(owner, asked, following, *others, at=FIRST):
        told = {"endpoint": "followers/ids", "user_id": owner, "polled_at": f"{at}T04:00:00Z"}
        return {**told, "cursor": asked, "ids": list(others), "next_cursor": following}

    def change(name, source, target, *, minute=0, on=FIRST):
        at = NOON[on].replace("12:00", f"12:{minute:02}")
        return {"event": name, "created_at": at, "source": account(source), "target": account(target)}

    return {
        ("twitter/follows", FIRST): [
            page(ANN, -1, 2, BEN, CAT), page(ANN, 2, 3, DAN), *[page(ANN, 3, 0, EVE, 9_006)] * 2,
            page(BEN, -1, 2, ANN), page(BEN, 2, 3, CAT), page(BEN, 3, 0, DAN),
            page(CAT, -1, 2, ANN), page(CAT, -1, 2, BEN), page(CAT, 2, 0, DAN),
            change("follow", DAN, BEN),
            change("follow", EVE, DAN), change("unfollow", EVE, DAN),
            change("unfollow", EVE, ANN), change("follow", EVE, ANN),
            change("follow", ANN, EVE), change("unfollow", ANN, EVE, minute=1), change("follow", ANN, EVE, minute=2),
            *[change("follow", BEN, EVE)] * 2,
        ],
        ("twitter/follows", SECOND): [
            page(ANN, -1, 2, BEN, at=SECOND), page(ANN, 2, 0, 9_007, at=SECOND),  # others are gone
            page(BEN, -1, 2, EVE, at=SECOND), page(BEN, 3, 0, 9_007, at=SECOND),  # broken off: nobody is
            change("unfollow", ANN, EVE, on=SECOND), change("follow", ANN, EVE, on=SECOND),
            change("follow", BEN, DAN, on=SECOND), change("unfollow", BEN, DAN, minute=1, on=SECOND),
            change("follow", 9_007, ANN, on=SECOND), change("unfollow", CAT, ANN),  # on the list and not, and late
        ],
    }  # fmt: skip


def _users():
    """Two profiles of an account on a day, one twice, and others on the next."""

    def user(number, followers):
        return {**account(number), "followers_count": followers}

    return {
        ("twitter/users", FIRST): [user(ANN, 1), user(ANN, 2), user(BEN, 3), user(BEN, 3), user(CAT, 4)],
        ("twitter/users", SECOND): [user(ANN, 2), user(BEN, 4), user(BEN, 5), user(CAT, 4)],
    }


def _on_facebook():
    """An account that two feeds describe on a day, and shares that come as posts too, with posts taken back."""
    made = {"created_time": f"{FIRST}T12:00:00+0000", "from": {"id": str(ANN)}}

    def share(number, **more):
        return {"id": f"{ANN}_{number}", **made, "parent_id": f"{BEN}_1", "status_type": "shared_story", **more}

    def removal(number):
        return {"verb": "remove", **share(number)}

    described = {"id": str(ANN), "name": "Ann"}
    return {
        ("facebook/profiles", FIRST): [{**described, "username": "ann"}, {"id": str(BEN), "name": "Ben"}],
        ("facebook/pages", FIRST): [{**described, "category": "Tools", "fan_count": 7}],
        ("facebook/pages", SECOND): [{**described, "category": "Tools", "fan_count": n} for n in (8, 9)],
        ("facebook/posts", FIRST): [share(1), share(3), share(4), share(4, message="again"), removal(5)],
        ("facebook/shares", FIRST): [share(1), share(2), share(4), share(5), share(6), removal(6)],
        ("facebook/posts", SECOND): [share(2), share(3), removal(3)],
        ("facebook/shares", SECOND): [share(1), share(3), share(6)],
    }


def _events():
    """Acts of one instant, of which the first in the network's order counts: within a day, over days, in two feeds."""
    at, later = f"{FIRST}T12:00:00Z", f"{FIRST}T12:00:01Z"
    return {
        ("twitter/events", FIRST): [
            event("e1", ANN, "mention", BEN, at), *[event(f"e{n}", ANN, "reply", BEN, at) for n in (2, 3)],
            event("e4", ANN, "mention", BEN, later),
            *[event("e5", CAT, action, BEN, at) for action in ("mention", "reply")], event("e6", CAT, "quote", BEN, at),
            event("e7", DAN, "retweet", DAN, at), event("e8", DAN, "mention", BEN, f"{FIRST}T14:00:00+02:00"),
            *[event("e9", DAN, "reply", BEN, at)] * 2,
            event("e10", ANN, "mention", CAT, at, "8"),  # a status says so too
        ],
        ("twitter/events", SECOND): [
            event("e11", ANN, "retweet", BEN, at), event("e4", ANN, "quote", BEN, later),
            event("e12", CAT, "quote", BEN, at), event("e1", ANN, "mention", BEN, at),
        ],
    }  # fmt: skip


def _on_wikipedia():
    """Two counts of a page and day, within a delivery and over two; a page's links in several lines; two redirects."""
    series = {"project": "en.wikipedia", "granularity": "daily", "access": "all-access", "agent": "user"}

    def viewed(article, views, *, on=FIRST):
        return {**series, "article": article, "timestamp": on.replace("-", "") + "00", "views": views}

    def links(*titles):
        return {"ns": 0, "title": "Contrary", "links": [{"ns": 0, "title": title} for title in titles]}

    return {
        ("wikipedia/page_views", FIRST): [
            viewed("Contrary", 1), viewed("contrary", 2), *[viewed("Alike", 3)] * 2, viewed("Later", 4),
        ],
        ("wikipedia/page_views", SECOND): [
            viewed("Contrary", 5), viewed("Later", 6), viewed("Alike", 7), viewed("Alike", 8),
            viewed("Contrary", 9, on=SECOND),
        ],
        ("wikipedia/page_links", FIRST): [links("A", "B"), links("C"), links("B", "D"), links("C")],
        ("wikipedia/page_links", SECOND): [links("A"), links("E")],
        ("wikipedia/redirects", FIRST): [{"from": "Contrary_1", "to": to} for to in ("A", "B")],
        ("wikipedia/redirects", SECOND): [{"from": "Contrary_1", "to": "C"}] * 2,
    }  # fmt: skip


def _in_the_registry():
    """Labels, claims and wishes with two contents on a day, and another on the next; one erases who is on a list."""

    def label(number, reason, **more):
        about = {"network": "twitter", "account_id": str(number), "label": "spam", "author": "editors"}
        return {**about, "reason": reason, "valid_from": FIRST, **more}

    def claim(evidence, **more):
        about = {"network": "twitter", "account": str(ANN), "other_network": "facebook", "other_account": str(ANN)}
        return {**about, "evidence": evidence, "author": "editors", "valid_from": FIRST, **more}

    def wish(number, reason, *, kind="suppress", since=FIRST):
        about = {"network": "twitter", "account": str(number), "kind": kind, "since": since}
        return {**about, "author": "help desk", "reason": reason}

    return {
        ("registry/labels", FIRST): [label(ANN, "one"), label(ANN, "two"), *[label(BEN, "one")] * 2],
        ("registry/labels", SECOND): [label(ANN, "three"), label(BEN, "two"), label(CAT, "one"), label(CAT, "two")],
        ("registry/identity", FIRST): [claim("one"), claim("two"), *[claim("one", account=f"@name{BEN}")] * 2],
        ("registry/identity", SECOND): [claim("three", confirmed=True), claim("two", account=f"@name{BEN}")],
        ("registry/opt_outs", FIRST): [wish(BEN, "one"), wish(BEN, "two"), *[wish(CAT, "one")] * 2],
        ("registry/opt_outs", SECOND): [wish(CAT, "two"), wish(9_007, "one", kind="erase", since=SECOND)],
    }
