-- What belongs together when runs are pruned or erased: children with their parent, forks with their original.

ALTER TABLE runs ADD COLUMN original TEXT;  -- of a fork

CREATE INDEX runs_by_parent ON runs (parent) WHERE parent IS NOT NULL;
CREATE INDEX runs_by_original ON runs (original) WHERE original IS NOT NULL;
