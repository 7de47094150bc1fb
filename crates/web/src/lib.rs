//! What the HTTP surfaces of Greenroom share: problems, callers, forgery guard, limits, jobs.
