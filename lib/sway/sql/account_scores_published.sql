-- Every published date of every version, to compare versions. One row: one account's score, see account_scores.
SELECT s.*
FROM account_scores AS s
JOIN published AS p
  ON p.dataset = 'scores'
 AND p.algorithm_version = s.algorithm_version
 AND p.score_date = s.score_date
 AND p.attempt = s.attempt
