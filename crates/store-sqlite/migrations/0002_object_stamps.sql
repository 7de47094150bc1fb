-- When a commit last carried an object or relied on it: a sweep spares those named since it began.
ALTER TABLE objects ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
