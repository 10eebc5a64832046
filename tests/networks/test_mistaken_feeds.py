"""A file in the folder of another feed: its lines are refused, not read as what they are not."""

import pytest
from sway.networks.catalog import network_named

from tests.networks.feeds import records_of

TW, FB, ISO = "Mon May 02 08:00:00 +0000 2016", "2016-05-02T08:00:00+0000", "2016-05-02T08:00:00Z"
ANN, BOB, STAMP = "urn:li:person:ann", "urn:li:person:bob", {"time": 1462176000000}
COMMENT = {"id": "1_2", "from": {"id": "7"}, "created_time": FB, "message": "x", "post_id": "8_1"}
# Lines as each feed has them. Those of `plusoners` and `resharers` look alike, and so do changes of Facebook's
# `subscribers` and `page_fans`: nothing but their folder tells them apart.
SENT = {
    "twitter/statuses": {"id_str": "1", "created_at": TW, "user": {"id_str": "7"}, "lang": "en"},
    "twitter/users": {"id_str": "7", "screen_name": "ann", "created_at": TW, "status": {"id_str": "1"}},
    "twitter/follows": {"event": "follow", "created_at": TW, "source": {"id_str": "7"}, "target": {"id_str": "8"}},
    "facebook/posts": {"id": "7_1", "from": {"id": "7"}, "created_time": FB, "message": "x"},
    "facebook/comments": COMMENT,
    "facebook/comments of a webhook": {**COMMENT, "item": "comment", "verb": "add", "comment_id": "1_2"},
    "facebook/reactions to a comment": {
        "item": "reaction",
        "verb": "add",
        "reaction_type": "like",
        "post_id": "8_1",
        "comment_id": "1_2",
        "comment": {"id": "1_2", "from": {"id": "9"}},
        "from": {"id": "7"},
        "created_time": 1462176000,
    },
    "facebook/profiles": {"id": "7", "name": "Ann", "birthday": "05/02/1980", "locale": "en_US"},
    "facebook/pages": {"id": "7", "name": "Ann's", "category": "Bakery", "fan_count": 3},
    "facebook/friends": {"id": "7", "time": 1462176000, "friends": {"data": [{"id": "8"}]}},
    "facebook/page_fans": {"id": "7", "time": 1462176000, "verb": "add", "from": {"id": "8"}},
    "google_plus/activities": {"id": "z1", "verb": "post", "published": ISO, "actor": {"id": "7"}},
    "google_plus/comments": {
        "id": "z1.1",
        "verb": "post",
        "published": ISO,
        "actor": {"id": "7"},
        "object": {"content": "x"},
        "inReplyTo": [{"id": "z1", "url": "https://plus.google.com/88/posts/x"}],
    },
    "google_plus/plusoners": {"id": "7", "activity": {"id": "z1", "actor": {"id": "8"}}, "polled_at": ISO},
    "linkedin/shares": {"id": "5", "activity": "urn:li:activity:6", "owner": ANN, "created": STAMP},
    "linkedin/comments": {
        "id": "9",
        "actor": ANN,
        "object": "urn:li:share:5",
        "object~": {"owner": BOB},
        "created": STAMP,
        "message": {"text": "Well done"},
    },
    "linkedin/likes": {"actor": ANN, "object": "urn:li:share:5", "object~": {"owner": BOB}, "created": STAMP},
    "linkedin/positions": {"id": "ann", "formattedName": "Ann", "positions": {"values": [{"title": "Baker"}]}},
    "wikipedia/pages": {"pageid": 5, "ns": 0, "title": "Ada", "pagelanguage": "en"},
    "wikipedia/page_links": {"ns": 0, "title": "Ada", "links": [{"ns": 0, "title": "Bob"}]},
    "wikipedia/redirects": {"from": "A", "to": "Ada"},
    "an answer that is an error": {"error": {"code": 4, "message": "Application request limit reached"}},
    "an answer with many": {"data": [COMMENT], "paging": {}},
}
MISTAKEN_FOR = {
    "twitter": [["users"]],
    "facebook": [["posts", "comments"], ["profiles", "pages"]],
    "google_plus": [["activities"]],
    "linkedin": [["likes"], ["positions"]],
    "wikipedia": [["page_links"]],
}


@pytest.mark.parametrize("network", MISTAKEN_FOR)
def test_a_file_of_another_feed_is_refused_line_by_line(spark, network):
    # An id and a name are an account's on any network: only acts, posts and lists of the others can be told apart.
    of_accounts = {"twitter/users", "facebook/profiles", "facebook/pages", "linkedin/positions"}
    sent = {name: line for name, line in SENT.items() if name.startswith(network) or name not in of_accounts}
    for feeds in MISTAKEN_FOR[network]:
        found = records_of(spark, network_named(network), dict.fromkeys(feeds, sent))
        taken = {name for name, row in found.items() if row["fault"] is None}
        own = {name for name in found if name.split(": ")[1].split()[0] == f"{network}/{name.split(': ')[0]}"}
        assert taken == own
