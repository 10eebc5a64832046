"""Links between pages with redirects resolved."""

from datetime import date

from sway.stages.redirects import to_resolved_links


def test_links_onto_redirects_are_credited_to_the_page_they_end_at(table):
    page_links = table("""
        action:string | actor_id:string | target_id:string | valid_from:date | valid_to:date
        page_link     | Ann             | Bob              | 2016-05-01      | null
        page_link     | Ann             | Bobby            | 2016-05-01      | null
        page_link     | Cid             | Robert           | 2016-05-01      | null
        page_link     | Bob             | Bobby            | 2016-05-01      | null
        page_link     | Bob             | Bob              | 2016-05-01      | null
        page_link     | Bobby           | Cid              | 2016-05-01      | null
        redirect      | Bobby           | Bob              | 2016-05-01      | null
        redirect      | Robert          | Bobby            | 2016-05-01      | null
        page_link     | Dot             | Step1            | 2016-05-01      | null
        page_link     | Eve             | Step0            | 2016-05-01      | null
        redirect      | Step0           | Step1            | 2016-05-01      | null
        redirect      | Step1           | Step2            | 2016-05-01      | null
        redirect      | Step2           | Step3            | 2016-05-01      | null
        redirect      | Step3           | Step4            | 2016-05-01      | null
        redirect      | Step4           | Step5            | 2016-05-01      | null
        redirect      | Step5           | Step6            | 2016-05-01      | null
        page_link     | Fay             | Ring1            | 2016-05-01      | null
        redirect      | Ring1           | Ring2            | 2016-05-01      | null
        redirect      | Ring2           | Ring1            | 2016-05-01      | null
        page_link     | Gus             | Begins           | 2016-05-04      | null
        page_link     | Gus             | Begins tomorrow  | 2016-05-05      | null
        page_link     | Gus             | Over             | 2016-05-01      | 2016-05-04
        page_link     | Gus             | Over tomorrow    | 2016-05-01      | 2016-05-05
        page_link     | Gus             | Former           | 2016-05-01      | null
        redirect      | Former          | Bob              | 2016-05-01      | 2016-05-04
        redirect      | Gus             | Bob              | 2016-05-05      | null
        page_link     | Hal             | Two ways         | 2016-05-01      | null
        redirect      | Two ways        | b                | 2016-05-01      | null
        redirect      | Two ways        | a                | 2016-05-01      | null
    """).toArrow()

    found = to_resolved_links(page_links, date(2016, 5, 4))
    assert found.column_names == ["actor_id", "target_id"]
    assert sorted(tuple(row.values()) for row in found.to_pylist()) == [
        ("Ann", "Bob"),  # directly and over a redirect: once
        ("Cid", "Bob"),  # over two
        ("Dot", "Step6"),  # five steps; Eve's link would take six
        ("Gus", "Begins"),
        ("Gus", "Former"),  # no redirect on that day, as Gus is none yet
        ("Gus", "Over tomorrow"),
        ("Hal", "a"),
    ]
