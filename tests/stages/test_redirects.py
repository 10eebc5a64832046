"""Links between pages with redirects resolved."""

from datetime import date

from sway.stages.redirects import to_resolved_links


def test_links_onto_redirects_are_credited_to_the_page_they_end_at(table):
    page_links = table("""
        network:string | action:string | actor_id:string | target_id:string | valid_from:date | valid_to:date
        wikipedia      | page_link     | Ann             | Bob              | 2016-05-01      | null
        wikipedia      | page_link     | Ann             | Bobby            | 2016-05-01      | null
        wikipedia      | page_link     | Cid             | Robert           | 2016-05-01      | null
        wikipedia      | page_link     | Bob             | Bobby            | 2016-05-01      | null
        wikipedia      | page_link     | Bob             | Bob              | 2016-05-01      | null
        wikipedia      | page_link     | Bobby           | Cid              | 2016-05-01      | null
        wikipedia      | redirect      | Bobby           | Bob              | 2016-05-01      | null
        wikipedia      | redirect      | Robert          | Bobby            | 2016-05-01      | null
        wikipedia      | page_link     | Dot             | Step1            | 2016-05-01      | null
        wikipedia      | page_link     | Eve             | Step0            | 2016-05-01      | null
        wikipedia      | redirect      | Step0           | Step1            | 2016-05-01      | null
        wikipedia      | redirect      | Step1           | Step2            | 2016-05-01      | null
        wikipedia      | redirect      | Step2           | Step3            | 2016-05-01      | null
        wikipedia      | redirect      | Step3           | Step4            | 2016-05-01      | null
        wikipedia      | redirect      | Step4           | Step5            | 2016-05-01      | null
        wikipedia      | redirect      | Step5           | Step6            | 2016-05-01      | null
        wikipedia      | page_link     | Fay             | Ring1            | 2016-05-01      | null
        wikipedia      | redirect      | Ring1           | Ring2            | 2016-05-01      | null
        wikipedia      | redirect      | Ring2           | Ring1            | 2016-05-01      | null
        wikipedia      | page_link     | Gus             | Begins           | 2016-05-04      | null
        wikipedia      | page_link     | Gus             | Begins tomorrow  | 2016-05-05      | null
        wikipedia      | page_link     | Gus             | Over             | 2016-05-01      | 2016-05-04
        wikipedia      | page_link     | Gus             | Over tomorrow    | 2016-05-01      | 2016-05-05
        wikipedia      | page_link     | Gus             | Former           | 2016-05-01      | null
        wikipedia      | redirect      | Former          | Bob              | 2016-05-01      | 2016-05-04
        wikipedia      | redirect      | Gus             | Bob              | 2016-05-05      | null
        wikipedia      | page_link     | Hal             | Two ways         | 2016-05-01      | null
        wikipedia      | redirect      | Two ways        | b                | 2016-05-01      | null
        wikipedia      | redirect      | Two ways        | a                | 2016-05-01      | null
        another        | page_link     | Ann             | Bobby            | 2016-05-01      | null
    """)

    found = to_resolved_links(page_links, date(2016, 5, 4))
    assert found.columns == ["network", "actor_id", "target_id"]
    assert sorted(tuple(row) for row in found.collect()) == [
        ("another", "Ann", "Bobby"),  # a redirect of another network is none here
        ("wikipedia", "Ann", "Bob"),  # directly and over a redirect: once
        ("wikipedia", "Cid", "Bob"),  # over two
        ("wikipedia", "Dot", "Step6"),  # five steps; Eve's link would take six
        ("wikipedia", "Gus", "Begins"),
        ("wikipedia", "Gus", "Former"),  # no redirect on that day, as Gus is none yet
        ("wikipedia", "Gus", "Over tomorrow"),
        ("wikipedia", "Hal", "a"),
    ]
