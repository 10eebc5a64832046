-- The version readers see: the newest decision in promotions.
SELECT algorithm_version, sequence, decided_at, who, why
FROM promotions
WHERE sequence = (SELECT max(sequence) FROM promotions)
