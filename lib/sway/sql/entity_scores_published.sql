-- Every published date of every version, to compare versions. One row: one entity's score, see entity_scores.
SELECT s.*
FROM entity_scores AS s
JOIN published AS p
  ON p.dataset = 'scores'
 AND p.algorithm_version = s.algorithm_version
 AND p.score_date = s.score_date
 AND p.attempt = s.attempt
