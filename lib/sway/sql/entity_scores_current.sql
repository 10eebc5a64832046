-- The newest published date of the current version.
SELECT s.*
FROM entity_scores_history AS s
WHERE s.score_date = (
    SELECT max(p.score_date)
    FROM published AS p
    JOIN current_version AS c
      ON c.algorithm_version = p.algorithm_version
    WHERE p.dataset = 'scores'
)
