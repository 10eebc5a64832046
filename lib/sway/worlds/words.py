"""Words the generated networks are full of: handles, names, places, phrases, clients."""

from json import dumps

import numpy as np

from sway.worlds.arrays import Array, mixed


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "ada ben cleo dan eva finn gil hana ivo jon kim lea max nora otto pia ravi sol tim uma vera will yuki zoe"
)
_LAST = _words(
    "ash bay cole dale elm fox gray hill iris jay king lane moon neal oak park reed shaw tate vale wood york"
)
_FULL_LAST = _words(
    "Ashby Bayer Cole Dale Elm Fox Gray Hill Iris Jaeger King Lane Moon Neale Öhlund Park Reed Shaw Tâte Vale Wood York"
)

PLACES = (  # by zone, as in people.ZONES
    ("Los Angeles", "Seattle", "San Francisco"),
    ("New York", "Boston", "Toronto"),
    ("São Paulo", "Rio de Janeiro"),
    ("London", "Dublin"),
    ("Berlin", "München"),
    ("Paris", "Lyon"),
    ("Madrid", "Sevilla"),
    ("İzmir", "Ankara"),
    ("Mumbai", "Delhi"),
    ("東京", "大阪"),
)
TRADES = _words("Airlines Bank Books Coffee Foods Motors Museum News Radio Records Software Sports Tools Travel")
TITLES = _words("Analyst Baker Consultant Designer Developer Editor Engineer Manager Nurse Researcher Teacher Writer")
SENIOR_TITLES = ("CEO", "Founder", "Chief Technology Officer", "Vice President Sales", "Director of Research")
DESCRIPTIONS = (
    "Coffee first.",
    "Runner, reader, baker.",
    "Opinions are mine.",
    "Photos & trains",
    "Data by day, jazz by night",
    'Mother of two "monsters"',
    "Wir sehen uns.",
    "ここにいます",
)
PHRASES = (
    "good morning",
    "what a game",
    "this made my day",
    "new post is up",
    "so true",
    "reading this twice",
    "can't believe it",
    "rain again",
    "thank you all",
    "one more week",
    "look at this",
    "am I the only one?",
    "até amanhã",
    "c'est la vie",
    "guten Morgen",
    "teşekkürler",
    "vamos",
    "おはよう",
    "finally home",
    "love this",
)
HASHTAGS = _words(
    "news music football travel food art science politics fashion games film tech health books nature "
    "startup photo history data running"
)
CLIENTS = tuple(
    dumps(f'<a href="{url}" rel="nofollow">{name}</a>')
    for name, url in (
        ("Twitter for iPhone", "http://twitter.com/download/iphone"),
        ("Twitter Web Client", "http://twitter.com"),
        ("Twitter for Android", "http://twitter.com/download/android"),
        ("TweetDeck", "https://about.twitter.com/products/tweetdeck"),
    )
)
BOT_CLIENT = dumps('<a href="http://ifttt.com" rel="nofollow">IFTTT</a>')

_PHRASES = tuple(dumps(phrase, ensure_ascii=False)[1:-1] for phrase in PHRASES)
_DESCRIPTIONS = tuple(dumps(line, ensure_ascii=False)[1:-1] for line in DESCRIPTIONS)


def handles(account_ids: Array) -> list[str]:
    """A screen name for each account: at most 15 characters, unique by the number at its end, which is its row."""
    first, last = mixed(account_ids, len(_FIRST)).tolist(), mixed(account_ids + 1, len(_LAST)).tolist()
    return [f"{_FIRST[a]}{_LAST[b]}{i}" for i, (a, b) in enumerate(zip(first, last, strict=True))]


def handle(account_id: int, row: int) -> str:
    """The screen name of one account, as `handles` has it."""
    one = np.array([account_id])
    return f"{_FIRST[mixed(one, len(_FIRST))[0]]}{_LAST[mixed(one + 1, len(_LAST))[0]]}{row}"


def names(person: Array, is_brand: Array) -> list[str]:
    """What people and organisations are called, the same on every network."""
    first, last = mixed(person + 1, len(_FIRST)).tolist(), mixed(person + 2, len(_LAST)).tolist()
    trade = mixed(person + 3, len(TRADES)).tolist()
    return [
        f"{_FULL_LAST[b]} {TRADES[c]}" if is_one else f"{_FIRST[a].title()} {_FULL_LAST[b]}"
        for a, b, c, is_one in zip(first, last, trade, is_brand.tolist(), strict=True)
    ]


def phrases(act_ids: Array) -> list[str]:
    """What an act says, a function of its number, so that a reshare can repeat it; ready for JSON."""
    return [_PHRASES[k] for k in mixed(act_ids, len(_PHRASES)).tolist()]


def descriptions(account_ids: Array) -> list[str]:
    """What an account says of itself, ready for JSON; a quarter say nothing."""
    return [
        _DESCRIPTIONS[k] if k < len(_DESCRIPTIONS) else ""
        for k in mixed(account_ids + 2, len(_DESCRIPTIONS) * 4 // 3).tolist()
    ]


def hashtags(act_ids: Array) -> list[str]:
    """The `hashtags` list of a status, as JSON: three of four have none."""
    return [
        f'[{{"text":"{HASHTAGS[k]}"}}]' if k < len(HASHTAGS) else "[]"
        for k in mixed(act_ids + 1, len(HASHTAGS) * 4).tolist()
    ]
