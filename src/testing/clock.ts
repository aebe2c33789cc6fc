// The clock that tests drive. It lies below all parts, so that their unit tests have it too.
export { TestClock } from '../api/test-clock.ts';
