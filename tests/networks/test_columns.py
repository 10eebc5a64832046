"""What adapters say alike, where a network's own tests do not show it."""

from sway.networks.columns import unescaped

TEXTS = {
    "Tom &amp; Jerry": "Tom & Jerry",
    "&lt;b&gt;&quot;Ann&apos;s&quot;": '<b>"Ann\'s"',
    "&#39;&#x1F600;&#128512;&#xe9;": "'😀😀é",
    "&amp;lt; is read once": "&lt; is read once",
    "a;b; &; & c": "a;b; &; & c",
    "none: &#0; &#xD800; &#1114112; &half;": "none: &#0; &#xD800; &#1114112; &half;",
    "no entity: &amp &#x; &#;": "no entity: &amp &#x; &#;",
    "": "",
    None: None,
}


def test_entities_of_html_become_the_characters_they_stand_for(spark):
    frame = spark.createDataFrame([(n, text) for n, text in enumerate(TEXTS)], "n int, text string")

    found = frame.select("n", unescaped(frame["text"]).alias("text")).orderBy("n").collect()
    assert [row["text"] for row in found] == list(TEXTS.values())
